using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>Rain over a scene: near drops are streaks, far ones a veil.</summary>
public static class Rainfall
{
    private const double VeilProbability = 0.3;
    private const double MaxVeil = 0.35;
    private const double AddedProbability = 0.45;

    /// <summary>Lets it rain.</summary>
    /// <param name="scene">sRGB in 0..1, [3, H, W].</param>
    /// <param name="overview">What the whole picture looks like from afar, [3, S, S]; gets the mean of the rain.</param>
    /// <param name="strength">0..1: how dense and bright.</param>
    /// <param name="random">Draws parameters.</param>
    /// <param name="generator">Draws the drops.</param>
    /// <returns>Both with rain; the caller disposes them.</returns>
    public static (Tensor Scene, Tensor Overview) Fall(Tensor scene, Tensor overview, double strength, Random random, Generator generator)
    {
        using var scope = NewDisposeScope();
        var streaks = RainStreaks.Draw((int)scene.shape[1], (int)scene.shape[2], strength, random, generator);
        var veil = random.NextDouble() < VeilProbability ? DegradationSampler.Between(random, 0, MaxVeil) : 0;
        var veilLight = DegradationSampler.Between(random, 0.6, 0.9);
        // Light in front of a scene covers part of it; pictures that others drew have it simply added.
        var isAdded = random.NextDouble() < AddedProbability;
        return (Over(scene, streaks).MoveToOuterDisposeScope(), Over(overview, streaks.mean().view(1, 1, 1)).MoveToOuterDisposeScope());

        Tensor Over(Tensor image, Tensor light)
        {
            var behind = image * (1 - veil) + veil * veilLight;
            return isAdded ? (behind + light).clamp(0, 1) : 1 - (1 - behind) * (1 - light.clamp(0, 1));
        }
    }
}
