namespace Darkroom.Bench.Pipelines;

/// <summary>What each paper's pipeline is asked for when it is measured.</summary>
internal static class PipelineWords
{
    private const string Default = "make it brighter";

    /// <summary>Gets the pipelines and their instructions.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["vlm-imi"] = "a meadow at noon in bright daylight",
        ["diff-plugin"] = "remove the rain",
        ["darkdiff"] = string.Empty,
        ["mgie"] = Default,
    };

    /// <summary>The instruction for a pipeline.</summary>
    public static string Of(string pipeline) => All.GetValueOrDefault(pipeline, Default);
}
