using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data.Tasks;

/// <summary>Does to a clean picture what one of Diff-Plugin's tasks takes away.</summary>
/// <remarks>The paper's tasks (Liu et al. 2024, arXiv:2403.00644, section 4) with synthetic data in the place of their data sets.</remarks>
public static class TaskDegradations
{
    private static readonly Dictionary<string, Func<Tensor, Random, Generator, Tensor>> ByTask = new(StringComparer.Ordinal)
    {
        ["derain"] = Rain,
        ["desnow"] = Snowfall.Apply,
        ["lowlight"] = LowLight,
        ["dehaze"] = Haze,
        ["deblur"] = CameraShake.Apply,
        ["highlight"] = Highlights.Apply,
        ["face"] = BlindDegradation.Apply,
        ["demoire"] = MoirePattern.Apply,
    };

    /// <summary>Gets the tasks.</summary>
    public static IReadOnlyList<string> Tasks { get; } = [.. ByTask.Keys];

    /// <summary>Degrades a picture.</summary>
    /// <param name="task">One of <see cref="Tasks"/>.</param>
    /// <param name="clean">sRGB in 0..1, [3, H, W]; sides are multiples of 8, at least 32.</param>
    /// <param name="random">Draws parameters.</param>
    /// <param name="generator">Draws tensors.</param>
    /// <returns>In 0..1, [3, H, W]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public static Tensor Apply(string task, Tensor clean, Random random, Generator generator)
    {
        if (!ByTask.TryGetValue(task, out var apply))
            throw new ArgumentException($"There is no degradation for the task '{task}'; there are {string.Join(", ", Tasks)}.", nameof(task));
        using var scope = NewDisposeScope();
        return apply(clean, random, generator).clamp(0, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Rain(Tensor clean, Random random, Generator generator)
    {
        var streaks = RainStreaks.Draw((int)clean.shape[1], (int)clean.shape[2], DegradationSampler.Between(random, 0.25, 1), random, generator);
        return 1 - ((1 - clean) * (1 - streaks.clamp(0, 1)));
    }

    private static Tensor LowLight(Tensor clean, Random random, Generator generator)
    {
        const double ToneExponent = 2.2;
        var stops = DegradationSampler.Between(random, 1.5, 5);
        var level = RainStreaks.LogUniform(random, 0.5, 6);
        return CameraNoise.Apply(clean * Math.Pow(2, -stops / ToneExponent), level, random, generator);
    }

    // Koschmieder's law: with the distance the scene fades and the air's light grows.
    private static Tensor Haze(Tensor clean, Random random, Generator generator)
    {
        var (height, width) = ((int)clean.shape[1], (int)clean.shape[2]);
        var distance = linspace(1, DegradationSampler.Between(random, 0.2, 0.9), height).view(1, height, 1)
            * (1 - RainStreaks.Cloud(height, width, 0.6, random, generator).squeeze(0));
        var transmission = (distance * -DegradationSampler.Between(random, 0.5, 2.5)).exp();
        var grey = DegradationSampler.Between(random, 0.7, 0.98);
        var air = tensor(Enumerable.Range(0, 3).Select(_ => (float)(grey + DegradationSampler.Between(random, -0.03, 0.03))).ToArray()).view(3, 1, 1);
        return (clean * transmission) + (air * (1 - transmission));
    }
}
