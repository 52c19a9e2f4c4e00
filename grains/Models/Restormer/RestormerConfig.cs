namespace Darkroom.Models.Restormer;

/// <summary>Widths and depths of a Restormer.</summary>
/// <param name="Dim">Channels of the first level; each level below doubles them.</param>
/// <param name="BlockCounts">Blocks of the four levels, from full resolution to the lowest.</param>
/// <param name="RefinementBlockCount">Blocks after the decoder, at full resolution.</param>
/// <param name="Heads">Attention heads of the four levels.</param>
/// <param name="FeedForwardExpansion">Hidden channels of GDFN over its input channels.</param>
/// <param name="Bias">Whether the convolutions of the blocks have a bias.</param>
/// <param name="NormKind">Which layer norm the checkpoint was trained with.</param>
public sealed record RestormerConfig(
    int Dim,
    IReadOnlyList<int> BlockCounts,
    int RefinementBlockCount,
    IReadOnlyList<int> Heads,
    double FeedForwardExpansion = 2.66,
    bool Bias = false,
    LayerNormKind NormKind = LayerNormKind.WithBias)
{
    /// <summary>Gets the published size: 48 channels, [4, 6, 6, 8] blocks, 4 refinement blocks.</summary>
    public static RestormerConfig Published { get; } = new(48, [4, 6, 6, 8], 4, [1, 2, 4, 8]);
}
