using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Restormer;

namespace Darkroom.Models.Checkpoints.Nano;

/// <summary>Small random checkpoints in the layouts in which the official ones are published.</summary>
public static class NanoCheckpoint
{
    private static readonly Dictionary<string, Action<NanoFolder>> Writers = new(StringComparer.Ordinal)
    {
        ["restormer"] = WriteRestormer,
    };

    /// <summary>Gets the pipelines that there is one for.</summary>
    public static IReadOnlyList<string> Pipelines { get; } = [.. Writers.Keys];

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="pipeline">One of <see cref="Pipelines"/>.</param>
    /// <param name="seed">Seed of the weights; the same seed gives the same bytes.</param>
    /// <param name="folder">An empty folder.</param>
    /// <exception cref="ArgumentException">There is no such pipeline.</exception>
    public static void Write(string pipeline, int seed, string folder)
    {
        if (!Writers.TryGetValue(pipeline, out var write))
            throw new ArgumentException($"There is no pipeline '{pipeline}'; there are {string.Join(", ", Pipelines)}.", nameof(pipeline));
        write(new NanoFolder(folder, seed));
    }

    private static void WriteRestormer(NanoFolder folder) => folder.WriteWeights(
        "restormer.safetensors", ("restormer", RestormerComponent.Write(new RestormerConfig(8, [1, 1, 1, 2], 1, [1, 2, 4, 8]))));
}
