using Darkroom.Cli.CommandLine;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Models.Llmra;

namespace Darkroom.Cli.Embedded;

/// <summary>What a user said about the model: a file, an imported checkpoint, a pipeline, or nothing.</summary>
/// <param name="Path">The checkpoint file, or null.</param>
/// <param name="Checkpoint">Name of an imported checkpoint, or null.</param>
/// <param name="Pipeline">Name of a pipeline, or null for whichever the checkpoint is for.</param>
internal sealed record ModelChoice(string? Path = null, string? Checkpoint = null, string? Pipeline = null)
{
    /// <summary>Gets the names of all pipelines.</summary>
    public static IReadOnlyList<string> Pipelines { get; } = [CompactLlmraCheckpoint.PipelineName, .. StoredPipelines.Pipelines];

    /// <summary>Refuses a choice that contradicts itself.</summary>
    /// <exception cref="InputException">It does.</exception>
    public void Require()
    {
        if (Path is not null && (Checkpoint ?? Pipeline) is not null)
            throw new InputException("--model is a file by itself; leave --checkpoint and --pipeline out, or leave --model out.");
    }

    /// <summary>Finds the checkpoint that the user named, and brings in what ships for a pipeline. Which one a pipeline takes is the cluster's choice.</summary>
    /// <param name="stored">The imported checkpoints.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The checkpoint's name, or null: the cluster chooses.</returns>
    /// <exception cref="InputException">It is not there, or for no pipeline.</exception>
    /// <exception cref="Models.Checkpoints.InvalidCheckpointException">The manifest, or what ships, is damaged.</exception>
    public async Task<string?> ResolveAsync(StoredPipelines stored, CancellationToken cancellationToken)
    {
        if (Checkpoint is { } name)
            return await RequireAsync(stored, name, cancellationToken);
        if (Pipeline is null)
            return null;
        var hasOwn = (await stored.ListAsync(cancellationToken)).Any(one => one.Pipeline == Pipeline && one.IsWhole && !ShippedCheckpoint.IsName(one.Checkpoint, Pipeline));
        return !hasOwn && ShippedCheckpoint.Find(Pipeline, AppContext.BaseDirectory) is { } shipped
            ? await shipped.ImportAsync(stored.Store, TimeProvider.System, cancellationToken)
            : null;
    }

    private static async Task<string> RequireAsync(StoredPipelines stored, string name, CancellationToken cancellationToken)
    {
        CheckpointStore.RequireName(name);
        var manifest = await stored.Store.FindAsync(name, cancellationToken);
        if (manifest is null)
        {
            var there = (await stored.ListAsync(cancellationToken)).Select(one => one.Checkpoint).DefaultIfEmpty("none");
            throw new InputException($"There is no checkpoint '{name}'; imported for restoring: {string.Join(", ", there)}.");
        }

        return StoredPipelines.PipelineOf(manifest) is not null
            ? name
            : throw new InputException($"The checkpoint '{name}' (layout '{manifest.Layout}') is for none of the pipelines {string.Join(", ", StoredPipelines.Pipelines)}.");
    }
}
