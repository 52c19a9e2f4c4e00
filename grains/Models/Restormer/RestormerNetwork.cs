using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Restormer;

/// <summary>Restormer: a four-level encoder and decoder of transformer blocks that predicts what to add to the picture.</summary>
/// <remarks>Zamir et al. 2022, arXiv:2111.09881, Fig. 2; keys and shapes as in the official <c>restormer_arch.py</c>.</remarks>
public sealed class RestormerNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>Sides of the input must be multiples of this.</summary>
    public const int SizeMultiple = 8;

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
    [ComponentName(Name = "decoder_level1")]
    private readonly Sequential decoder1;
    [ComponentName(Name = "refinement")]
    private readonly Sequential refinement;
    [ComponentName(Name = "output")]
    private readonly Conv2d output;

    /// <summary>Makes a network with random weights.</summary>
    public RestormerNetwork(RestormerConfig config)
        : base(nameof(RestormerNetwork))
    {
        long dim = config.Dim;
        patchEmbedding = new PatchEmbedding(3, dim);
        encoder1 = Level(0, dim);
        down12 = new PixelUnshuffleDownsample(dim);
        encoder2 = Level(1, 2 * dim);
        down23 = new PixelUnshuffleDownsample(2 * dim);
        encoder3 = Level(2, 4 * dim);
        down34 = new PixelUnshuffleDownsample(4 * dim);
        bottom = Level(3, 8 * dim);
        up43 = new PixelShuffleUpsample(8 * dim);
        reduce3 = nn.Conv2d(8 * dim, 4 * dim, 1, bias: config.Bias);
        decoder3 = Level(2, 4 * dim);
        up32 = new PixelShuffleUpsample(4 * dim);
        reduce2 = nn.Conv2d(4 * dim, 2 * dim, 1, bias: config.Bias);
        decoder2 = Level(1, 2 * dim);
        up21 = new PixelShuffleUpsample(2 * dim);
        decoder1 = Level(0, 2 * dim);                                           // level 1 keeps the skip's channels
        refinement = Blocks(config.RefinementBlockCount, 2 * dim, config.Heads[0]);
        output = nn.Conv2d(2 * dim, 3, 3, padding: 1, bias: config.Bias);
        RegisterComponents();

        Sequential Level(int level, long channels) => Blocks(config.BlockCounts[level], channels, config.Heads[level]);

        Sequential Blocks(int count, long channels, int heads) => nn.Sequential(Enumerable.Range(0, count)
            .Select(nn.Module<Tensor, Tensor> (_) => new RestormerBlock(
                channels, heads, config.FeedForwardExpansion, config.Bias, config.NormKind)));
    }

    /// <param name="image">Degraded picture, [B, 3, H, W] float32 in 0..1; H and W are multiples of <see cref="SizeMultiple"/>.</param>
    /// <returns>Restored picture, [B, 3, H, W], not clamped; the caller disposes it.</returns>
    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        var skip1 = encoder1.call(patchEmbedding.call(image));                  // [B, C, H, W]
        var skip2 = encoder2.call(down12.call(skip1));                          // [B, 2C, H/2, W/2]
        var skip3 = encoder3.call(down23.call(skip2));                          // [B, 4C, H/4, W/4]
        var lowest = bottom.call(down34.call(skip3));                           // [B, 8C, H/8, W/8]

        var level3 = decoder3.call(reduce3.call(cat([up43.call(lowest), skip3], 1)));
        var level2 = decoder2.call(reduce2.call(cat([up32.call(level3), skip2], 1)));
        var level1 = decoder1.call(cat([up21.call(level2), skip1], 1));         // [B, 2C, H, W]
        return (output.call(refinement.call(level1)) + image).MoveToOuterDisposeScope();
    }
}
