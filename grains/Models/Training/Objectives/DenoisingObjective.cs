using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>What a denoising network is to answer, and how far it is from it.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, eq. (14); VLM-IMI eq. (4), Diff-Plugin eq. (3), DarkDiff eq. (1), MGIE's L_edit.</remarks>
public static class DenoisingObjective
{
    /// <summary>The answer that is right.</summary>
    /// <param name="schedule">How much noise there is at each timestep.</param>
    /// <param name="prediction">What the network predicts.</param>
    /// <param name="clean">Latents without noise, [B, C, h, w].</param>
    /// <param name="noise">The noise that was added, [B, C, h, w].</param>
    /// <param name="timesteps">[B] int64.</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public static Tensor Target(NoiseSchedule schedule, PredictionType prediction, Tensor clean, Tensor noise, Tensor timesteps) => prediction switch
    {
        PredictionType.Epsilon => noise.alias(),
        PredictionType.Sample => clean.alias(),
        _ => schedule.Velocity(clean, noise, timesteps),
    };

    /// <summary>Mean squared error over every element.</summary>
    /// <param name="answer">The network's answer, [B, C, h, w].</param>
    /// <param name="target">What <see cref="Target"/> gave.</param>
    /// <returns>A scalar, float32; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Loss(Tensor answer, Tensor target)
    {
        if (!answer.shape.SequenceEqual(target.shape))
            throw new ArgumentException($"The answer is [{string.Join(", ", answer.shape)}] and the target [{string.Join(", ", target.shape)}]; they must be of one shape.");
        using var scope = NewDisposeScope();
        return (answer.to(ScalarType.Float32) - target.to(ScalarType.Float32)).square().mean().MoveToOuterDisposeScope();
    }
}
