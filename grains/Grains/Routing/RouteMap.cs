using Darkroom.Contracts.Devices;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Llmra;
using Darkroom.Models.Mgie;
using Darkroom.Models.VlmImi;

namespace Darkroom.Grains.Routing;

/// <summary>What a run can be sent to: the checkpoints of the silos that live, and which of them is the default.</summary>
/// <param name="DefaultModel">The checkpoint for requests that name none.</param>
/// <param name="Pipelines">What the checkpoints are for; the default may be of a kind that is not known.</param>
internal sealed record RouteMap(string DefaultModel, IReadOnlyList<PipelineReport> Pipelines)
{
    /// <summary>The pipeline of the checkpoint that ships.</summary>
    public const string Shipped = CompactLlmraCheckpoint.PipelineName;

    /// <summary>Gets the names of all pipelines that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [Shipped, .. StoredPipelines.Pipelines];

    /// <summary>Gets the default, or null if its kind is not known.</summary>
    public PipelineReport? Default => Pipelines.FirstOrDefault(one => one.Model == DefaultModel);

    /// <summary>Gets the names of all plugins.</summary>
    public IReadOnlyCollection<string> Plugins => [.. Pipelines.SelectMany(one => one.Tasks).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Puts the reports of silos together.</summary>
    /// <returns>The map, or null as long as no silo that takes work has reported.</returns>
    public static RouteMap? Of(IEnumerable<SiloReport> reports)
    {
        var running = reports.Where(report => !report.IsStopping).ToList();
        if (running.Count == 0)
            return null;
        // The whole one where silos differ: it is only sent to those that have it.
        var pipelines = running.Where(report => !report.Pipelines.IsDefault).SelectMany(report => report.Pipelines)
            .GroupBy(one => one.Model, StringComparer.Ordinal).Select(group => group.MinBy(one => one.Missing.Length)!)
            .OrderBy(one => one.Model, StringComparer.Ordinal);
        return new RouteMap(running[0].DefaultModel, [.. pipelines]);
    }

    /// <summary>Lists the checkpoints of a pipeline that lack nothing: those that were imported, or one of those that ship.</summary>
    public IReadOnlyList<PipelineReport> Whole(string pipeline)
    {
        var whole = Pipelines.Where(one => one.Pipeline == pipeline && one.Missing.IsEmpty).ToLookup(one => ShippedCheckpoint.IsName(one.Model, pipeline));
        return whole[false].Any() ? [.. whole[false]] : [.. whole[true].Take(1)];
    }

    /// <summary>Tells which tasks a checkpoint does by words; null if it takes any.</summary>
    public static IReadOnlyCollection<string>? TasksOf(PipelineReport one) => one.Pipeline switch
    {
        Shipped => [Wishes.Light, Wishes.Rain, Wishes.Noise],
        VlmImiPipeline.PipelineName => [Wishes.Light],
        DarkDiffPipeline.PipelineName => [],
        DiffPluginPipeline.PipelineName => one.Tasks,
        MgiePipeline.PipelineName => null,
        _ => null,
    };

    /// <summary>Tells whether a checkpoint does all that was asked for.</summary>
    public static bool Covers(PipelineReport one, IReadOnlyList<string> wanted) =>
        TasksOf(one) is not { } tasks || wanted.All(task => tasks.Contains(task, StringComparer.OrdinalIgnoreCase));
}
