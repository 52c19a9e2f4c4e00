using System.Collections.Concurrent;
using Darkroom.Grains.Describers;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Describers;
using Darkroom.Models.Llama;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>The stored checkpoints that pipelines can be made of.</summary>
/// <param name="store">The checkpoints.</param>
/// <param name="reader">Reads their networks.</param>
public sealed class StoredPipelines(CheckpointStore store, CheckpointReader reader)
{
    private static readonly IPipelineAssembly[] Assemblies = [new VlmImiAssembly(), new DiffPluginAssembly(), new DarkDiffAssembly(), new MgieAssembly()];

    // By name: the manifest's version that was looked at, and its pipeline.
    private readonly ConcurrentDictionary<string, (string ETag, StoredPipeline? Pipeline)> known = new(StringComparer.Ordinal);

    /// <summary>Gets the names of the pipelines that stored checkpoints may serve.</summary>
    public static IReadOnlyList<string> Pipelines { get; } = [.. Assemblies.Select(assembly => assembly.Pipeline)];

    /// <summary>Gets the checkpoints.</summary>
    public CheckpointStore Store => store;

    /// <summary>Tells the pipeline that a checkpoint is for, or null.</summary>
    public static string? PipelineOf(CheckpointManifest manifest) => Find(manifest)?.Pipeline;

    /// <summary>Tells what a checkpoint is for and what it lacks; null if it is for no pipeline by itself.</summary>
    public static StoredPipeline? Of(CheckpointManifest manifest) => Find(manifest) is { } assembly
        ? new StoredPipeline(
            manifest.Name, assembly.Pipeline,
            [.. assembly.Needs.Where(kind => !manifest.Components.Any(component => component.Kind == kind))], assembly.TasksOf(manifest))
        : null;

    /// <summary>Lists the checkpoints that are for a pipeline, by name; one whose manifest is damaged is left out.</summary>
    public async Task<IReadOnlyList<StoredPipeline>> ListAsync(CancellationToken cancellationToken = default)
    {
        var found = new List<StoredPipeline>();
        await foreach (var (name, etag) in store.ListNamesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!known.TryGetValue(name, out var entry) || entry.ETag != etag)
                known[name] = entry = (etag, await PipelineOfAsync(name, cancellationToken).ConfigureAwait(false));
            if (entry.Pipeline is { } pipeline)
                found.Add(pipeline);
        }

        return found;
    }

    /// <summary>Loads a pipeline; blocks the calling thread, which is a device's.</summary>
    /// <param name="name">Name of the checkpoint.</param>
    /// <param name="device">Where to.</param>
    /// <returns>The pipeline without a describer, or null: there is no such checkpoint. The caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">Something is missing, damaged, or does not fit.</exception>
    public LoadedModel? Load(string name, Device device)
    {
        if (!CheckpointStore.IsName(name) || store.FindAsync(name).GetAwaiter().GetResult() is not { } manifest)
            return null;
        var assembly = Find(manifest)
            ?? throw new InvalidCheckpointException($"Checkpoint '{name}' (layout '{manifest.Layout}') is for none of the pipelines {string.Join(", ", Pipelines)}.");
        using var parts = new CheckpointParts(reader, manifest, device);
        try
        {
            var pipeline = assembly.Assemble(parts);
            return new LoadedModel(pipeline, null, parts.Keep());
        }
        catch (ArgumentException error)
        {
            throw new InvalidCheckpointException($"Checkpoint '{name}': {error.Message}", error);
        }
    }

    /// <summary>Loads a stored LLaVA as a describer; blocks the calling thread, which is a device's.</summary>
    /// <param name="name">Name of the checkpoint.</param>
    /// <param name="builtIn">What measures beside it; owned by the describer.</param>
    /// <param name="device">Where to.</param>
    /// <returns>The describer; the caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">There is no such checkpoint, or it is no LLaVA.</exception>
    public LlavaDescriber LoadDescriber(string name, IImageDescriber builtIn, Device device)
    {
        var manifest = store.FindAsync(name).GetAwaiter().GetResult()
            ?? throw new InvalidCheckpointException($"There is no checkpoint '{name}', which {DescriberOptions.SectionName}:{nameof(DescriberOptions.Checkpoint)} names.");
        using var parts = new CheckpointParts(reader, manifest, device);
        var component = parts.Only("llava");
        var describer = new LlavaDescriber(parts.Load<LlavaModel>(component), parts.ReadSentencePiece(component), builtIn, device);
        parts.Keep();
        return describer;
    }

    private static IPipelineAssembly? Find(CheckpointManifest manifest) => Array.Find(Assemblies, assembly => assembly.IsFor(manifest));

    private async Task<StoredPipeline?> PipelineOfAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } manifest ? Of(manifest) : null;
        }
        catch (InvalidCheckpointException)
        {
            return null;                                                        // whoever asks for it by name hears what is wrong
        }
    }
}

/// <summary>A stored checkpoint that is for a pipeline.</summary>
/// <param name="Checkpoint">Its name.</param>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Missing">Kinds of networks that the pipeline needs and the checkpoint lacks.</param>
/// <param name="Tasks">The tasks that it has plugins for, where the pipeline has such.</param>
public sealed record StoredPipeline(string Checkpoint, string Pipeline, IReadOnlyList<string> Missing, IReadOnlyList<string> Tasks)
{
    /// <summary>Gets whether it has every network that the pipeline needs.</summary>
    public bool IsWhole => Missing.Count == 0;
}
