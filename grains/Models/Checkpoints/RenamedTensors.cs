using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Tensors under other names than in their files, some of them left out.</summary>
/// <param name="source">The files; disposed with this.</param>
/// <param name="names">Name in the file by name outside. Two names outside may stand for one in the file.</param>
/// <param name="shapes">Shapes outside that differ from the file's but have as many elements, by name outside; may be null.</param>
public sealed class RenamedTensors(ITensorSource source, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, long[]>? shapes = null) : ITensorSource
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; } = names.ToDictionary(
        pair => pair.Key,
        pair => source.Find(pair.Value) with { Name = pair.Key, Shape = shapes?.GetValueOrDefault(pair.Key) ?? source.Find(pair.Value).Shape },
        StringComparer.Ordinal);

    /// <inheritdoc/>
    public void ReadInto(string name, Tensor target)
    {
        TensorCopy.RequireShape(this.Find(name), target);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var stored = source.Find(names[name]);
        if (stored.Shape.SequenceEqual(target.shape))
            source.ReadInto(names[name], target);
        else
            source.ReadInto(names[name], target.view(stored.Shape.ToArray()));
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
