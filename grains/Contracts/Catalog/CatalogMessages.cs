using System.Collections.Immutable;

namespace Darkroom.Contracts.Catalog;

/// <summary>A way to restore pictures.</summary>
/// <param name="Name">Its name, such as <c>vlm-imi</c>.</param>
/// <param name="Checkpoints">The whole checkpoints that it can be made of; name one as the model of a session, a run or a job.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.PipelineInfo")]
public sealed record PipelineInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] ImmutableArray<string> Checkpoints);

/// <summary>Weights that the cluster has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pipeline">The pipeline it is for.</param>
/// <param name="IsWhole">Whether it has every network that the pipeline needs.</param>
/// <param name="IsDefault">Whether it is what requests get that name none.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.CheckpointInfo")]
public sealed record CheckpointInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] string Pipeline,
    [property: Id(2)] bool IsWhole,
    [property: Id(3)] bool IsDefault);
