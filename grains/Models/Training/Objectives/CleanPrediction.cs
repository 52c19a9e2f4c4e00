using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>The clean latent that a prediction of the noise stands for.</summary>
public static class CleanPrediction
{
    /// <summary>(z_t - √(1 - ᾱ) ε_θ) / √ᾱ.</summary>
    /// <remarks>DarkDiff 2025, arXiv:2505.23743, eq. (8).</remarks>
    /// <param name="schedule">How much noise there is at each timestep.</param>
    /// <param name="noisy">z_t, [B, ...].</param>
    /// <param name="predictedNoise">ε_θ, as <paramref name="noisy"/>.</param>
    /// <param name="timesteps">t, [B] int64.</param>
    /// <returns>ẑ₀; the caller disposes it.</returns>
    public static Tensor Of(NoiseSchedule schedule, Tensor noisy, Tensor predictedNoise, Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        var alphas = timesteps.to(ScalarType.Int64).cpu().data<long>().ToArray().Select(t => schedule.AlphasCumulative[checked((int)t)]).ToArray();
        long[] shape = [alphas.Length, .. Enumerable.Repeat(1L, noisy.shape.Length - 1)];
        var signal = Column(Math.Sqrt);
        var spread = Column(alpha => Math.Sqrt(1 - alpha));
        return ((noisy - (spread * predictedNoise)) / signal).MoveToOuterDisposeScope();

        Tensor Column(Func<double, double> value) => tensor(alphas.Select(alpha => (float)value(alpha)).ToArray(), device: noisy.device).view(shape);
    }
}
