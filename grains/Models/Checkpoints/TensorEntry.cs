using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>One tensor of a checkpoint.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Element type as stored.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
/// <param name="ByteCount">Its length (bytes).</param>
public sealed record TensorEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long ByteCount);
