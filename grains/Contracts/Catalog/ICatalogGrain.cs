using System.Collections.Immutable;

namespace Darkroom.Contracts.Catalog;

/// <summary>Tells what the cluster can restore with. There is one; its key is <see cref="Key"/>.</summary>
[Alias("Darkroom.ICatalogGrain")]
public interface ICatalogGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "catalog";

    /// <summary>Lists the pipelines, also those that no checkpoint is there for.</summary>
    [Alias("ListPipelinesAsync")]
    Task<ImmutableArray<PipelineInfo>> ListPipelinesAsync(CancellationToken cancellationToken);

    /// <summary>Lists the checkpoints: those that ship and those that were imported, also incomplete ones.</summary>
    [Alias("ListCheckpointsAsync")]
    Task<ImmutableArray<CheckpointInfo>> ListCheckpointsAsync(CancellationToken cancellationToken);
}
