using Darkroom.Models.Llmra;

namespace Darkroom.Models.Training.Recipes;

/// <summary>Widths and depths of a DC-former that is to be trained.</summary>
/// <param name="Blocks">What its levels are made of.</param>
/// <param name="Dim">Channels of the first level.</param>
/// <param name="BlockCounts">Blocks of the four levels.</param>
/// <param name="Heads">Attention heads of the four levels, of those with a DMM.</param>
/// <param name="PixelUnshuffle">Side of the pixel blocks folded into channels.</param>
/// <param name="ModulatedLevelCount">How many levels have a DMM, counted from the lowest.</param>
public sealed record DcFormerShape(
    DcFormerBlocks Blocks, int Dim, IReadOnlyList<int> BlockCounts, IReadOnlyList<int> Heads, int PixelUnshuffle, int ModulatedLevelCount)
{
    /// <summary>Gives a configuration this DC-former; text and context stay.</summary>
    public LlmraConfig ApplyTo(LlmraConfig config) => config with
    {
        Blocks = Blocks,
        Dim = Dim,
        BlockCounts = BlockCounts,
        Heads = Heads,
        PixelUnshuffle = PixelUnshuffle,
        ModulatedLevelCount = ModulatedLevelCount,
    };

    /// <summary>Tells whether a configuration has this DC-former.</summary>
    public bool IsOf(LlmraConfig config) =>
        (Blocks, Dim, PixelUnshuffle, ModulatedLevelCount) == (config.Blocks, config.Dim, config.PixelUnshuffle, config.ModulatedLevelCount)
        && BlockCounts.SequenceEqual(config.BlockCounts) && Heads.SequenceEqual(config.Heads);
}
