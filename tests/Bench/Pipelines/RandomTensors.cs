using Darkroom.Models.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>Random weights of any size that are drawn while they are read: a file of them takes no memory.</summary>
/// <remarks>Matrices and kernels are uniform in +-1/sqrt(fan in), scales 1, biases 0, so that no network overflows.</remarks>
internal sealed class RandomTensors : ITensorSource
{
    private const long PieceSize = 1 << 22;

    private readonly Generator generator;

    /// <summary>Makes the source.</summary>
    /// <param name="shapes">Names and shapes.</param>
    /// <param name="type">Element type of the file.</param>
    /// <param name="seed">Seed of the weights.</param>
    public RandomTensors(IReadOnlyDictionary<string, long[]> shapes, ScalarType type, int seed)
    {
        generator = new Generator((ulong)seed);
        Entries = shapes.ToDictionary(
            pair => pair.Key,
            pair => new TensorEntry(pair.Key, type, pair.Value, pair.Value.Aggregate(ElementTypes.SizeOf(type), (long bytes, long size) => bytes * size)),
            StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <inheritdoc/>
    public void ReadInto(string name, Tensor target)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var shape = Entries[name].Shape;
        if (shape.Count < 2)
        {
            target.fill_(name.EndsWith("bias", StringComparison.Ordinal) ? 0f : 1f);
            return;
        }

        var bound = 1 / Math.Sqrt(target.numel() / (double)shape[0]);
        var flat = target.view(-1);
        var piece = empty(Math.Min(PieceSize, flat.numel()));
        for (var start = 0L; start < flat.numel(); start += PieceSize)
        {
            using var inner = NewDisposeScope();
            var part = flat.narrow(0, start, Math.Min(PieceSize, flat.numel() - start));
            part.copy_(piece.narrow(0, 0, part.numel()).uniform_(-bound, bound, generator));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => generator.Dispose();
}
