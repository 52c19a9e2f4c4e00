using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Training;

/// <summary>What a network learns that takes noise away: the noise, or the velocity.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, eq. (14): Diff-Plugin's eq. (3), VLM-IMI's eq. (4), DarkDiff's eq. (1) and MGIE's edit loss.</remarks>
/// <param name="schedule">The noise schedule.</param>
public sealed class DenoisingObjective(NoiseSchedule schedule)
{
    /// <summary>The mean of the squared error over all elements.</summary>
    /// <param name="target">The noise, or <see cref="NoiseSchedule.Velocity"/> for networks that predict velocities.</param>
    /// <param name="prediction">The network's answer, as <paramref name="target"/>.</param>
    /// <returns>[]; the caller disposes it.</returns>
    public static Tensor Loss(Tensor target, Tensor prediction) => nn.functional.mse_loss(prediction, target);

    /// <summary>The mean of the squared error of each row.</summary>
    /// <returns>[B]; the caller disposes it.</returns>
    public static Tensor LossPerRow(Tensor target, Tensor prediction)
    {
        using var scope = NewDisposeScope();
        return (prediction - target).square().flatten(1).mean([1L]).MoveToOuterDisposeScope();
    }

    /// <summary>The clean latent that a prediction of the noise stands for: (z_t - √(1 - ᾱ) ε_θ) / √ᾱ.</summary>
    /// <remarks>DarkDiff 2025, arXiv:2505.23743, eq. (8).</remarks>
    /// <param name="noisy">z_t, [B, ...].</param>
    /// <param name="predictedNoise">ε_θ, as <paramref name="noisy"/>.</param>
    /// <param name="timesteps">t, [B] int64.</param>
    /// <returns>ẑ₀; the caller disposes it.</returns>
    public Tensor PredictedClean(Tensor noisy, Tensor predictedNoise, Tensor timesteps)
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
