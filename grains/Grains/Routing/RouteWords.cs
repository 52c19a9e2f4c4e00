using Darkroom.Contracts.Devices;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Mgie;
using Darkroom.Models.VlmImi;

namespace Darkroom.Grains.Routing;

/// <summary>Says to the user where a run goes and why, or what to import.</summary>
internal static class RouteWords
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        [Wishes.Light] = "light",
        [Wishes.Rain] = "rain removal",
        [Wishes.Noise] = "noise removal",
        [Wishes.Edit] = "a change of what the picture shows",
        ["desnow"] = "snow removal",
        ["dehaze"] = "haze removal",
        ["deblur"] = "deblurring",
        ["highlight"] = "highlight removal",
        ["face"] = "face restoration",
        ["demoire"] = "moiré removal",
        ["colorize"] = "colorization",
    };

    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        [VlmImiPipeline.PipelineName] = "VLM-IMI",
        [DiffPluginPipeline.PipelineName] = "Diff-Plugin",
        [DarkDiffPipeline.PipelineName] = "DarkDiff",
        [MgiePipeline.PipelineName] = "MGIE",
    };

    /// <summary>Lists tasks in words.</summary>
    public static string List(IReadOnlyList<string> tasks) => tasks.Select(task => Names.GetValueOrDefault(task, task)).ToList() switch
    {
        [] => "nothing",
        [var only] => only,
        [.. var first, var last] => $"{string.Join(", ", first)} and {last}",
    };

    /// <summary>Why the default is taken.</summary>
    public static string ForDefault(PipelineReport standard, IReadOnlyList<string> wanted)
    {
        var what = standard.Pipeline == RouteMap.Shipped ? "small, trained for light, rain and noise, and the default" : "the default";
        return wanted.Count == 0
            ? $"'{standard.Model}' is {what}, and the words ask for nothing else"
            : $"'{standard.Model}' is {what}, and does what the words ask for ({List(wanted)})";
    }

    /// <summary>Why another than the default is taken.</summary>
    public static string ForSpecialist(PipelineReport special, PipelineReport standard, IReadOnlyList<string> wanted) =>
        $"the words ask for {List(wanted)}, which '{standard.Model}' does not do and {Titles.GetValueOrDefault(special.Pipeline, special.Pipeline)} ('{special.Model}') does";

    /// <summary>Why one is taken that does a part of a compound wish, or all of it.</summary>
    public static string ForPart(PipelineReport one, IReadOnlyList<string> done, IReadOnlyList<string> rest) =>
        $"the wish takes several things: '{one.Model}' ({one.Pipeline}) does {List(done)}{(rest.Count == 0 ? string.Empty : $", and nothing better is here for {List(rest)}")}";

    /// <summary>That nothing does what was asked for.</summary>
    public static string NothingDoes(IReadOnlyList<string> wanted, PipelineReport standard, RouteMap map)
    {
        var there = new[] { standard }.Concat(map.Pipelines.Where(one => one != standard)).Select(Describe);
        return $"The words ask for {List(wanted)}, and nothing that is here does that: {string.Join("; ", there)}. {Capital(Import(wanted))}, or name the pipeline that is to try (--pipeline {standard.Pipeline}).";
    }

    /// <summary>That a pipeline was named for which no checkpoint is whole.</summary>
    public static string NoneWhole(string pipeline, RouteMap map)
    {
        var partial = map.Pipelines.Where(one => one.Pipeline == pipeline).Select(Describe).ToList();
        return $"No whole checkpoint for the pipeline '{pipeline}' is here{(partial.Count == 0 ? string.Empty : $" ({string.Join("; ", partial)})")}. " +
            (pipeline == RouteMap.Shipped
                ? "It ships as weights/llmra-compact.safetensors (Model:WeightsFolder)."
                : $"{Capital(ImportPipeline(pipeline))}, or make a small random one with './cluster checkpoint init {pipeline} --size nano --as NAME'.");
    }

    /// <summary>What to import for tasks.</summary>
    public static string Import(IReadOnlyList<string> tasks) => tasks.Contains(Wishes.Edit)
        ? ImportPipeline(MgiePipeline.PipelineName)
        : $"import Diff-Plugin with {(tasks.Count == 1 ? "the plugin" : "the plugins")} {string.Join(", ", tasks)} ('./cluster checkpoint import DIR --as NAME', docs/checkpoints.md)";

    /// <summary>How to import a pipeline.</summary>
    public static string ImportPipeline(string pipeline) =>
        $"import {Titles.GetValueOrDefault(pipeline, pipeline)} ('./cluster checkpoint import DIR --as NAME', docs/checkpoints.md)";

    private static string Describe(PipelineReport one)
    {
        var does = RouteMap.TasksOf(one) is { } tasks ? $"does {List([.. tasks])}" : "takes any words";
        return one.Missing.IsEmpty
            ? $"'{one.Model}' ({one.Pipeline}) {does}"
            : $"'{one.Model}' ({one.Pipeline}) lacks {string.Join(", ", one.Missing)}";
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
