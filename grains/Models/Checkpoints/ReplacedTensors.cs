using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Tensors of a file, some of them replaced by others.</summary>
/// <param name="source">The file; not disposed.</param>
/// <param name="replaced">The others, by name; not disposed.</param>
public sealed class ReplacedTensors(ITensorSource source, IReadOnlyDictionary<string, Tensor> replaced) : ITensorSource
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; } = source.Entries.Values
        .Where(entry => !replaced.ContainsKey(entry.Name))
        .Concat(replaced.Select(pair => new TensorEntry(pair.Key, pair.Value.dtype, pair.Value.shape, pair.Value.numel() * pair.Value.element_size())))
        .ToDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public void ReadInto(string name, Tensor target)
    {
        if (!replaced.TryGetValue(name, out var tensor))
        {
            source.ReadInto(name, target);
            return;
        }

        TensorCopy.RequireShape(this.Find(name), target);
        using var guard = no_grad();
        target.copy_(tensor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
