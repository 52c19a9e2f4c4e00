using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints;

/// <summary>What is to be imported.</summary>
/// <param name="Path">The folder or file.</param>
/// <param name="Name">Name of the checkpoint.</param>
/// <param name="Layout">The layout that it must have, or null for any.</param>
/// <param name="License">Its license, or null when it is not known.</param>
/// <param name="FloatType">What tensors of floating-point numbers become, or null to keep them.</param>
public sealed record CheckpointImport(string Path, string Name, string? Layout = null, string? License = null, ScalarType? FloatType = null)
{
    /// <summary>Gets further folders or files that belong to it; names then begin with those of their folders, as if all lay in one.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
}

/// <summary>How far an import is.</summary>
/// <param name="Fraction">How much of the bytes has been read, 0..1.</param>
/// <param name="Activity">What is being done.</param>
public sealed record ImportProgress(double Fraction, string Activity);
