using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Named tensors of one or more files; only those that are asked for are read.</summary>
public interface ITensorSource : IDisposable
{
    /// <summary>Gets the tensors by name.</summary>
    IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>Copies a tensor into memory that is there already, in bounded pieces, converting the element type to the target's.</summary>
    /// <param name="name">Its key.</param>
    /// <param name="target">A tensor of the same shape, on any device.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The target has another shape.</exception>
    /// <exception cref="InvalidCheckpointException">The file ends before the tensor does.</exception>
    void ReadInto(string name, Tensor target);
}

/// <summary>Short forms of reading.</summary>
public static class TensorSource
{
    /// <summary>Reads a tensor.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="name">Its key.</param>
    /// <param name="type">Element type wanted, or null for the stored one.</param>
    /// <returns>The tensor on the CPU; the caller disposes it.</returns>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public static Tensor Read(this ITensorSource source, string name, ScalarType? type = null)
    {
        var entry = source.Find(name);
        using var scope = NewDisposeScope();
        var tensor = empty(entry.Shape.ToArray(), dtype: type ?? entry.Type);
        source.ReadInto(name, tensor);
        return tensor.MoveToOuterDisposeScope();
    }

    /// <summary>Looks a tensor up.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    internal static TensorEntry Find(this ITensorSource source, string name) => source.Entries.TryGetValue(name, out var entry)
        ? entry
        : throw new KeyNotFoundException($"The checkpoint has no tensor '{name}'.");
}
