using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Grains.Checkpoints;

/// <summary>What a checkpoint is made of. It is kept as JSON; the bytes that it names are kept by their hash.</summary>
/// <param name="Version">Version of this form, <see cref="CurrentVersion"/>.</param>
/// <param name="Name">Name of the checkpoint, see <see cref="CheckpointStore.IsName"/>.</param>
/// <param name="Layout">The published layout that it came in.</param>
/// <param name="License">The license, as whoever imported it said, or "unknown".</param>
/// <param name="Source">Name of the folder or file that it came from.</param>
/// <param name="Imported">When.</param>
/// <param name="Components">The networks.</param>
/// <param name="Files">What belongs to them: schedulers, tokenizers, configurations.</param>
public sealed record CheckpointManifest(
    int Version,
    string Name,
    string Layout,
    string License,
    string Source,
    DateTimeOffset Imported,
    IReadOnlyList<CheckpointComponent> Components,
    IReadOnlyList<CheckpointBlob> Files)
{
    /// <summary>The version that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Gets every blob that the checkpoint needs.</summary>
    [JsonIgnore]
    public IEnumerable<CheckpointBlob> Blobs => Components.SelectMany(component => component.Weights).Concat(Files);

    /// <summary>Gets the bytes of all of them; what several networks share counts once.</summary>
    [JsonIgnore]
    public long SizeBytes => Blobs.DistinctBy(blob => blob.Sha256).Sum(blob => blob.SizeBytes);

    /// <summary>Gets the bytes that all networks take in memory: they are computed in float32, whatever the files have.</summary>
    [JsonIgnore]
    public long LoadedBytes => Components.Sum(component => component.ParameterCount) * sizeof(float);
}

/// <summary>A checkpoint in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Manifest">Its manifest, or null when that is damaged.</param>
/// <param name="Fault">What is wrong with the manifest, or null.</param>
public sealed record ListedCheckpoint(string Name, CheckpointManifest? Manifest, string? Fault);

/// <summary>A network of a checkpoint.</summary>
/// <param name="Name">Its name, such as <c>unet</c> or <c>derain/tpb</c>.</param>
/// <param name="Kind">Name of the kind in the catalogue.</param>
/// <param name="Class">The class that the published configuration names; empty without one.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="TensorCount">Number of tensors of the network.</param>
/// <param name="ParameterCount">Number of their elements.</param>
/// <param name="Types">Their element types, in safetensors' words.</param>
/// <param name="Weights">The safetensors files that hold them; other tensors of these files belong to other networks.</param>
public sealed record CheckpointComponent(
    string Name,
    string Kind,
    string Class,
    JsonElement Config,
    int TensorCount,
    long ParameterCount,
    IReadOnlyList<string> Types,
    IReadOnlyList<CheckpointBlob> Weights);

/// <summary>Bytes of a checkpoint.</summary>
/// <param name="Path">Where they were in the published layout, with slashes.</param>
/// <param name="Sha256">Their SHA-256, 64 lower-case hexadecimal digits; also where they are kept.</param>
/// <param name="SizeBytes">Number of bytes.</param>
public sealed record CheckpointBlob(string Path, string Sha256, long SizeBytes);
