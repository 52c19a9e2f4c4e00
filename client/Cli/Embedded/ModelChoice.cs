using Darkroom.Cli.CommandLine;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;

namespace Darkroom.Cli.Embedded;

/// <summary>What a user said about the model: a file, an imported checkpoint, a pipeline, or nothing.</summary>
/// <param name="Path">The checkpoint file, or null.</param>
/// <param name="Checkpoint">Name of an imported checkpoint, or null.</param>
/// <param name="Pipeline">Name of a pipeline, or null for whichever the checkpoint is for.</param>
internal sealed record ModelChoice(string? Path = null, string? Checkpoint = null, string? Pipeline = null)
{
    /// <summary>The pipeline of the checkpoint that ships.</summary>
    private const string Shipped = "llmra";

    /// <summary>Gets the names of all pipelines.</summary>
    public static IReadOnlyList<string> Pipelines { get; } = [Shipped, .. StoredPipelines.Pipelines];

    /// <summary>Refuses a choice that contradicts itself.</summary>
    /// <exception cref="InputException">It does.</exception>
    public void Require()
    {
        if (Path is not null && (Checkpoint ?? Pipeline) is not null)
            throw new InputException("--model is a file by itself; leave --checkpoint and --pipeline out, or leave --model out.");
    }

    /// <summary>Finds the model that the cluster is asked for.</summary>
    /// <param name="stored">The imported checkpoints.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>Its name, or null for the one that ships.</returns>
    /// <exception cref="InputException">There is none, or more than one.</exception>
    /// <exception cref="Models.Checkpoints.InvalidCheckpointException">The manifest is damaged.</exception>
    public async Task<string?> ResolveAsync(StoredPipelines stored, CancellationToken cancellationToken)
    {
        if (Checkpoint is { } name)
            return await RequireAsync(stored, name, cancellationToken);
        if (Pipeline is null or Shipped)
            return null;
        var found = (await stored.ListAsync(cancellationToken))
            .Where(one => one.Pipeline == Pipeline && one.IsWhole && !ShippedCheckpoint.IsName(one.Checkpoint, Pipeline))
            .Select(one => one.Checkpoint).ToList();
        return found switch
        {
            [var only] => only,
            [] when ShippedCheckpoint.Find(Pipeline, AppContext.BaseDirectory) is { } shipped => await shipped.ImportAsync(stored.Store, TimeProvider.System, cancellationToken),
            [] => throw new InputException(
                $"No whole checkpoint for the pipeline '{Pipeline}' was imported, and none ships in weights/{Pipeline}-nano. Import the published weights with './cluster checkpoint import DIR --as NAME', or make a small random one with './cluster checkpoint init {Pipeline} --size nano --as NAME'."),
            _ => throw new InputException($"There are {found.Count} checkpoints for the pipeline '{Pipeline}': {string.Join(", ", found)}. Choose one with --checkpoint."),
        };
    }

    private async Task<string> RequireAsync(StoredPipelines stored, string name, CancellationToken cancellationToken)
    {
        CheckpointStore.RequireName(name);
        var manifest = await stored.Store.FindAsync(name, cancellationToken);
        if (manifest is null)
        {
            var there = (await stored.ListAsync(cancellationToken)).Select(one => one.Checkpoint).DefaultIfEmpty("none");
            throw new InputException($"There is no checkpoint '{name}'; imported for restoring: {string.Join(", ", there)}.");
        }

        var pipeline = StoredPipelines.PipelineOf(manifest)
            ?? throw new InputException($"The checkpoint '{name}' (layout '{manifest.Layout}') is for none of the pipelines {string.Join(", ", StoredPipelines.Pipelines)}.");
        return Pipeline is null || Pipeline == pipeline
            ? name
            : throw new InputException($"The checkpoint '{name}' is for the pipeline '{pipeline}', not '{Pipeline}'.");
    }
}
