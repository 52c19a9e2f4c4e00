using System.Collections.Immutable;
using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Errors;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Grains.Devices;
using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Catalog;

/// <summary>Tells what the silos can load; it keeps nothing, so that an import shows at once.</summary>
[GrainType("catalog")]
internal sealed class CatalogGrain(StoredPipelines stored, IPipelineLoader loader, IOptions<ModelOptions> models) : Grain, ICatalogGrain
{
    // The pipeline of the files in the weights folder.
    private const string OwnPipeline = "llmra";

    /// <inheritdoc/>
    public async Task<ImmutableArray<PipelineInfo>> ListPipelinesAsync(CancellationToken cancellationToken)
    {
        var checkpoints = await ListCheckpointsAsync(cancellationToken);
        return [.. StoredPipelines.Pipelines.Prepend(OwnPipeline).Select(name =>
            new PipelineInfo(name, [.. checkpoints.Where(one => one.Pipeline == name && one.IsWhole).Select(one => one.Name)]))];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<CheckpointInfo>> ListCheckpointsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var imported = (await stored.ListAsync(cancellationToken)).ToDictionary(one => one.Checkpoint, StringComparer.Ordinal);
            var models = await loader.ListModelsAsync(cancellationToken);
            return [.. models.Union(imported.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name =>
                new CheckpointInfo(name, imported.GetValueOrDefault(name)?.Pipeline ?? OwnPipeline, imported.GetValueOrDefault(name)?.IsWhole ?? true, name == DefaultModel))];
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException($"The checkpoints could not be listed: {error.Message}");
        }
    }

    private string DefaultModel => models.Value.DefaultModel;
}
