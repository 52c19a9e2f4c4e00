using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>A table of vectors, without initial weights: load them, or use <see cref="Initializer"/>.</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter weight;

    /// <summary>Makes the table.</summary>
    /// <param name="count">Number of vectors.</param>
    /// <param name="size">Their width.</param>
    public Embedding(long count, long size)
        : base(nameof(Embedding))
    {
        weight = Uninitialized.Parameter(count, size);
        RegisterComponents();
    }

    /// <summary>Gets the table, [count, size].</summary>
    public Parameter Weight => weight;

    /// <param name="input">Rows of the table, [...] int64 in 0..count-1.</param>
    /// <returns>[..., size]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return weight.index_select(0, input.reshape(-1)).reshape([.. input.shape, weight.shape[1]]).MoveToOuterDisposeScope();
    }
}
