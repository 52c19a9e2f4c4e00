using System.Text.Json.Serialization;
using Darkroom.Models.Restormer;

namespace Darkroom.Models.Llmra;

/// <summary>What the levels of a DC-former are made of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DcFormerBlocks>))]
public enum DcFormerBlocks
{
    /// <summary>Restormer's blocks, as published: <see cref="Llmra.DcFormer"/>.</summary>
    Transformer,

    /// <summary>NAFNet's blocks: <see cref="GatedDcFormer"/>.</summary>
    Gated,
}

/// <summary>Widths and depths of an LLMRA restorer (CEM, CT and DC-former).</summary>
/// <param name="Dim">Channels of the DC-former's first level; each level below doubles them.</param>
/// <param name="BlockCounts">Blocks of the four levels, from the first to the lowest.</param>
/// <param name="Heads">Attention heads of the four levels, also of their DMMs.</param>
/// <param name="FeedForwardExpansion">Hidden channels of GDFN over its input channels.</param>
/// <param name="TextDim">Width D of the text features.</param>
/// <param name="TextTokens">Number N of text tokens.</param>
/// <param name="TextHeads">Heads of the text transformers (CEM and CT).</param>
/// <param name="ContextWidth">Channels of CEM's shallow image feature.</param>
/// <param name="MlpRatio">Hidden width of every vanilla transformer's MLP over its width.</param>
/// <param name="PixelUnshuffle">Side of the pixel blocks folded into channels before the first level: 1 as published, 2 for the compact network.</param>
/// <param name="ModulatedLevelCount">How many decoder levels have a DMM, counted from the lowest: 4 as published.</param>
/// <param name="ReduceFirstLevel">Whether the first decoder level returns to <paramref name="Dim"/> channels; the published network keeps twice as many.</param>
/// <param name="Blocks">What the levels are made of. Gated levels have as many channels as <paramref name="Dim"/> says and no joined skips, whatever <paramref name="ReduceFirstLevel"/> is.</param>
/// <remarks>Jin et al. 2024, arXiv:2401.11401, section 4.1.</remarks>
public sealed record LlmraConfig(
    int Dim,
    IReadOnlyList<int> BlockCounts,
    IReadOnlyList<int> Heads,
    double FeedForwardExpansion,
    int TextDim,
    int TextTokens,
    int TextHeads,
    int ContextWidth,
    int MlpRatio,
    int PixelUnshuffle = 1,
    int ModulatedLevelCount = 4,
    bool ReduceFirstLevel = false,
    DcFormerBlocks Blocks = DcFormerBlocks.Transformer)
{
    /// <summary>Gets the published size: 48 channels, [4, 6, 6, 8] blocks, four DMMs, text 77 x 512.</summary>
    public static LlmraConfig Published { get; } =
        new(48, [4, 6, 6, 8], [1, 2, 4, 8], 2.66, 512, 77, 8, 48, 4);

    /// <summary>Gets the size of the checkpoint that ships with the project.</summary>
    public static LlmraConfig Compact { get; } =
        new(24, [1, 1, 1, 1], [1, 2, 4, 8], 2.0, 96, 48, 4, 16, 1, PixelUnshuffle: 2, ModulatedLevelCount: 3, ReduceFirstLevel: true);

    /// <summary>Gets what sides of a picture must be a multiple of.</summary>
    public int SizeMultiple => RestormerNetwork.SizeMultiple * PixelUnshuffle;

    /// <summary>Checks that the numbers describe a network.</summary>
    /// <exception cref="ArgumentException">A number is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Dim is > 0 and <= 512 && Dim % 2 == 0, nameof(Dim), Dim, "an even number from 2 to 512");
        Require(BlockCounts is { Count: 4 } && BlockCounts.All(n => n is >= 0 and <= 64), nameof(BlockCounts), BlockCounts?.Count, "four numbers from 0 to 64");
        Require(Heads is { Count: 4 } && Heads.All(n => n is > 0 and <= 64), nameof(Heads), Heads?.Count, "four numbers from 1 to 64");
        for (var level = 0; level < 4; level++)
            Require((Dim << level) % Heads![level] == 0, nameof(Heads), Heads[level], $"a divisor of the {Dim << level} channels of level {level + 1}");
        Require(FeedForwardExpansion is > 0 and <= 8, nameof(FeedForwardExpansion), FeedForwardExpansion, "above 0, at most 8");
        Require(TextDim is > 0 and <= 4096, nameof(TextDim), TextDim, "1 to 4096");
        Require(TextTokens is > 0 and <= 512, nameof(TextTokens), TextTokens, "1 to 512");
        Require(TextHeads is > 0 && TextDim % TextHeads == 0, nameof(TextHeads), TextHeads, $"a divisor of TextDim {TextDim}");
        Require(ContextWidth is > 0 and <= 512, nameof(ContextWidth), ContextWidth, "1 to 512");
        Require(MlpRatio is > 0 and <= 16, nameof(MlpRatio), MlpRatio, "1 to 16");
        Require(PixelUnshuffle is 1 or 2 or 4, nameof(PixelUnshuffle), PixelUnshuffle, "1, 2 or 4");
        Require(Enum.IsDefined(Blocks), nameof(Blocks), Blocks, $"{DcFormerBlocks.Transformer} or {DcFormerBlocks.Gated}");
        Require(ModulatedLevelCount is >= 1 and <= 4, nameof(ModulatedLevelCount), ModulatedLevelCount, "1 to 4");

        static void Require(bool holds, string name, object? actual, string allowed)
        {
            if (!holds)
                throw new ArgumentException($"LLMRA configuration: {name} is {actual}, allowed is {allowed}.");
        }
    }
}
