namespace Darkroom.Contracts.Devices;

/// <summary>A run's progress in the blob store: enough to go on from there on any device.</summary>
/// <param name="BlobName">Name of the blob with latents and conditioning (safetensors).</param>
/// <param name="TilesDone">Tiles with all their steps; their pixels are in blobs of their own.</param>
/// <param name="Step">Steps done of the next tile.</param>
/// <param name="ModelHash">The checkpoint file that made the latents; another one must not go on with them.</param>
/// <param name="Description">The describer's sentences, or null.</param>
/// <param name="Instruction">The text that steers the model.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunCheckpoint")]
public sealed record RunCheckpoint(
    [property: Id(0)] string BlobName,
    [property: Id(1)] int TilesDone,
    [property: Id(2)] int Step,
    [property: Id(3)] string ModelHash,
    [property: Id(4)] string? Description,
    [property: Id(5)] string Instruction);
