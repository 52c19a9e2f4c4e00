using Darkroom.Models.Restormer;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>DC-former: a Restormer whose decoder is modulated by the degradation context Z after each level.</summary>
/// <remarks>
/// Jin et al. 2024, arXiv:2401.11401, section 3.3, Fig. 2 (a). The paper places a DMM between every two decoder levels,
/// four in all; four levels have three gaps, so the fourth stands after the first level, before the output.
/// </remarks>
public sealed class DcFormer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly LlmraConfig config;

    [ComponentName(Name = "patch_embed")]
    private readonly PatchEmbedding patchEmbedding;
    [ComponentName(Name = "encoder_level1")]
    private readonly Sequential encoder1;
    [ComponentName(Name = "down1_2")]
    private readonly PixelUnshuffleDownsample down12;
    [ComponentName(Name = "encoder_level2")]
    private readonly Sequential encoder2;
    [ComponentName(Name = "down2_3")]
    private readonly PixelUnshuffleDownsample down23;
    [ComponentName(Name = "encoder_level3")]
    private readonly Sequential encoder3;
    [ComponentName(Name = "down3_4")]
    private readonly PixelUnshuffleDownsample down34;
    [ComponentName(Name = "latent")]
    private readonly Sequential bottom;
    [ComponentName(Name = "up4_3")]
    private readonly PixelShuffleUpsample up43;
    [ComponentName(Name = "reduce_chan_level3")]
    private readonly Conv2d reduce3;
    [ComponentName(Name = "decoder_level3")]
    private readonly Sequential decoder3;
    [ComponentName(Name = "up3_2")]
    private readonly PixelShuffleUpsample up32;
    [ComponentName(Name = "reduce_chan_level2")]
    private readonly Conv2d reduce2;
    [ComponentName(Name = "decoder_level2")]
    private readonly Sequential decoder2;
    [ComponentName(Name = "up2_1")]
    private readonly PixelShuffleUpsample up21;
    [ComponentName(Name = "reduce_chan_level1")]
    private readonly Conv2d? reduce1;
    [ComponentName(Name = "decoder_level1")]
    private readonly Sequential decoder1;
    [ComponentName(Name = "output")]
    private readonly Conv2d output;
    [ComponentName(Name = "dmm")]
    private readonly ModuleList<DegradationModulationModule> modulations;

    /// <summary>Makes a network with random weights.</summary>
    public DcFormer(LlmraConfig config)
        : base(nameof(DcFormer))
    {
        this.config = config;
        long dim = config.Dim;
        var firstLevelDim = config.ReduceFirstLevel ? dim : 2 * dim;
        long pixelChannels = 3 * config.PixelUnshuffle * config.PixelUnshuffle;

        patchEmbedding = new PatchEmbedding(pixelChannels, dim);
        encoder1 = Level(0, dim);
        down12 = new PixelUnshuffleDownsample(dim);
        encoder2 = Level(1, 2 * dim);
        down23 = new PixelUnshuffleDownsample(2 * dim);
        encoder3 = Level(2, 4 * dim);
        down34 = new PixelUnshuffleDownsample(4 * dim);
        bottom = Level(3, 8 * dim);
        up43 = new PixelShuffleUpsample(8 * dim);
        reduce3 = Reduce(4 * dim);
        decoder3 = Level(2, 4 * dim);
        up32 = new PixelShuffleUpsample(4 * dim);
        reduce2 = Reduce(2 * dim);
        decoder2 = Level(1, 2 * dim);
        up21 = new PixelShuffleUpsample(2 * dim);
        reduce1 = config.ReduceFirstLevel ? Reduce(dim) : null;
        decoder1 = Level(0, firstLevelDim);
        output = nn.Conv2d(firstLevelDim, pixelChannels, 3, padding: 1, bias: false);
        modulations = new ModuleList<DegradationModulationModule>(new[]
            {
                (8 * dim, config.Heads[3]), (4 * dim, config.Heads[2]),
                (2 * dim, config.Heads[1]), (firstLevelDim, config.Heads[0]),
            }
            .Take(config.ModulatedLevelCount)
            .Select(level => new DegradationModulationModule(level.Item1, level.Item2, config)).ToArray());
        RegisterComponents();

        Sequential Level(int level, long channels) => nn.Sequential(Enumerable.Range(0, config.BlockCounts[level])
            .Select(nn.Module<Tensor, Tensor> (_) => new RestormerBlock(
                channels, config.Heads[level], config.FeedForwardExpansion, bias: false, LayerNormKind.WithBias)));

        static Conv2d Reduce(long channels) => nn.Conv2d(2 * channels, channels, 1, bias: false);
    }

    /// <param name="image">Degraded picture, [B, 3, H, W] float32 in 0..1; H and W are multiples of <see cref="LlmraConfig.SizeMultiple"/>.</param>
    /// <param name="context">Z, [B, N, D].</param>
    /// <returns>Restored picture, [B, 3, H, W], not clamped; the caller disposes it.</returns>
    public override Tensor forward(Tensor image, Tensor context)
    {
        using var scope = NewDisposeScope();
        var fold = config.PixelUnshuffle;
        var pixels = fold == 1 ? image : nn.functional.pixel_unshuffle(image, fold);   // [B, 3f², H/f, W/f]
        var skip1 = encoder1.call(patchEmbedding.call(pixels));                 // [B, C, h, w] with h = H/f
        var skip2 = encoder2.call(down12.call(skip1));                          // [B, 2C, h/2, w/2]
        var skip3 = encoder3.call(down23.call(skip2));                          // [B, 4C, h/4, w/4]
        var level4 = Modulate(0, bottom.call(down34.call(skip3)), context);     // [B, 8C, h/8, w/8]

        var level3 = Modulate(1, decoder3.call(reduce3.call(cat([up43.call(level4), skip3], 1))), context);
        var level2 = Modulate(2, decoder2.call(reduce2.call(cat([up32.call(level3), skip2], 1))), context);
        var joined = cat([up21.call(level2), skip1], 1);                        // [B, 2C, h, w]
        var level1 = Modulate(3, decoder1.call(reduce1 is null ? joined : reduce1.call(joined)), context);
        var residual = output.call(level1);
        if (fold > 1)
            residual = nn.functional.pixel_shuffle(residual, fold);             // [B, 3, H, W]
        return (image + residual).MoveToOuterDisposeScope();
    }

    private Tensor Modulate(int index, Tensor features, Tensor context) =>
        index < modulations.Count ? modulations[index].call(features, context) : features;
}
