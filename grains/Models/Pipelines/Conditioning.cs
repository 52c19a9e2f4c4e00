using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>What steers the model in one run: named tensors, each with a leading dimension of 1.</summary>
/// <remarks>Owns its tensors: they are taken out of any dispose scope and live until <see cref="Dispose"/>.</remarks>
public sealed class Conditioning : IDisposable
{
    private readonly SortedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Takes ownership of the tensors.</summary>
    /// <param name="tensors">Name and tensor, [1, ...]; detached from their dispose scopes.</param>
    public Conditioning(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        foreach (var (name, tensor) in tensors)
            this.tensors.Add(name, tensor.DetachFromDisposeScope());
    }

    /// <summary>Gets the tensors by name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    /// <summary>Gets the words that the pipeline made of the instruction, for the user to read; null if it takes the instruction as it is.</summary>
    public string? Words { get; init; }

    /// <summary>Gets a tensor by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Tensor this[string name] => tensors[name];

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }
}
