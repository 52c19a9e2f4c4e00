using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>A kind of network that checkpoints hold, and how to recognise, build and compare it.</summary>
/// <param name="Name">The name in manifests, such as <c>unet</c>.</param>
/// <param name="Build">Makes the network of a configuration; no memory is touched until weights are loaded.</param>
public sealed record ComponentKind(string Name, Func<JsonElement, nn.Module> Build)
{
    /// <summary>Gets the classes of published configurations (<c>_class_name</c> or <c>architectures</c>) that hold it.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Gets what knows it by the names of a file's tensors, where no class of a configuration does; null where they do not tell.</summary>
    public Func<IReadOnlyDictionary<string, TensorEntry>, bool>? IsIn { get; init; }

    /// <summary>Gets what makes a configuration of a file's names and shapes; null where the published one is needed.</summary>
    public Func<IReadOnlyDictionary<string, TensorEntry>, JsonElement>? Infer { get; init; }

    /// <summary>Gets what the names begin with in published files that hold other networks too.</summary>
    public string FilePrefix { get; init; } = string.Empty;

    /// <summary>Gets what shows published files under the names of the network, by class of the configuration; the result owns the files.</summary>
    public Func<string, ITensorSource, ITensorSource> Adapt { get; init; } = (_, files) => files;

    /// <summary>Compares files with the network that a configuration asks for.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="tensors">The files' tensors under the network's names.</param>
    /// <exception cref="InvalidCheckpointException">The configuration describes no network of this kind.</exception>
    public CheckpointDifference Compare(JsonElement config, ITensorSource tensors)
    {
        using var scope = NewDisposeScope();
        using var network = Make(config);
        return CheckpointLoader.Compare(network, tensors);
    }

    /// <summary>Layers cost time even without weights; no published network has a quarter as many.</summary>
    private const int MaxLayers = 512;

    /// <summary>Makes the network, without weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The network; the caller disposes it.</returns>
    /// <exception cref="InvalidCheckpointException">The configuration describes no network of this kind.</exception>
    public nn.Module Make(JsonElement config)
    {
        RequireFewLayers(config);
        try
        {
            return Build(config);
        }
        catch (Exception error) when (error is ArgumentException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or NotSupportedException or OverflowException or ExternalException)
        {
            throw new InvalidCheckpointException($"The configuration is not one of '{Name}': {error.Message}", error);
        }
    }

    private void RequireFewLayers(JsonElement config)
    {
        foreach (var property in config.ValueKind == JsonValueKind.Object ? config.EnumerateObject() : default)
        {
            if (property.Name.Contains("layer", StringComparison.Ordinal) && property.Value.ValueKind == JsonValueKind.Number && property.Value.GetDouble() > MaxLayers)
                throw new InvalidCheckpointException($"The configuration of '{Name}' has {property.Name} {property.Value.GetRawText()}; at most {MaxLayers} are allowed.");
            RequireFewLayers(property.Value);
        }
    }
}
