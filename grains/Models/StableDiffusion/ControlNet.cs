using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.StableDiffusion;

/// <summary>A copy of a UNet's half that goes down, which sees a picture and gives residuals for the UNet.</summary>
/// <remarks>Zhang et al. 2023, arXiv:2302.05543; names as in diffusers' <c>ControlNetModel</c>.</remarks>
public sealed class ControlNet : nn.Module
{
    [ComponentName(Name = "conv_in")]
    private readonly Conv2d enter;
    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding timeEmbedding;
    [ComponentName(Name = "controlnet_cond_embedding")]
    private readonly ControlImageEmbedding imageEmbedding;
    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<UNetDownBlock> downBlocks;
    [ComponentName(Name = "controlnet_down_blocks")]
    private readonly ModuleList<Conv2d> skipProjections;
    [ComponentName(Name = "mid_block")]
    private readonly UNetMidBlock middle;
    [ComponentName(Name = "controlnet_mid_block")]
    private readonly Conv2d middleProjection;

    /// <summary>Makes a network without weights.</summary>
    public ControlNet(ControlNetConfig config)
        : base(nameof(ControlNet))
    {
        Config = config;
        var channels = config.Encoder.BlockChannels;
        enter = new Conv2d(config.Encoder.InputChannels, channels[0], 3, padding: 1);
        timeEmbedding = new TimestepEmbedding(config.Encoder);
        imageEmbedding = new ControlImageEmbedding(config);
        downBlocks = UNetDownBlock.CreateAll(config.Encoder);
        skipProjections = new ModuleList<Conv2d>([.. config.Encoder.SkipChannels.Select(width => new Conv2d(width, width, 1))]);
        middle = new UNetMidBlock(config.Encoder);
        middleProjection = new Conv2d(channels[^1], channels[^1], 1);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public ControlNetConfig Config { get; }

    /// <summary>Computes what is added to the UNet.</summary>
    /// <param name="sample">Noisy latent, [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="text">Conditioning tokens, [B, N, TextWidth].</param>
    /// <param name="image">
    /// The picture that steers, [B, ImageChannels, H, W], H and W <see cref="ControlNetConfig.PixelsPerCell"/> times h and w; in the
    /// range of the checkpoint's training (0..1, VLM-IMI -1..1).
    /// </param>
    /// <param name="scale">Factor on the residuals.</param>
    /// <returns>A residual for each skip connection and one for the middle; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">An input has the wrong shape.</exception>
    public UNetResiduals Run(Tensor sample, Tensor timestep, Tensor text, Tensor image, double scale = 1)
    {
        var batch = sample.shape[0];
        TensorShape.Require(sample, nameof(sample), TensorShape.Any, Config.Encoder.InputChannels, TensorShape.Any, TensorShape.Any);
        TensorShape.Require(text, nameof(text), batch, TensorShape.Any, Config.Encoder.TextWidth);
        TensorShape.Require(image, nameof(image), batch, Config.ImageChannels, sample.shape[2] * Config.PixelsPerCell, sample.shape[3] * Config.PixelsPerCell);
        using var scope = NewDisposeScope();
        var time = timeEmbedding.Activated(timestep, batch);
        var outputs = new List<Tensor> { enter.call(sample) + imageEmbedding.call(image) };   // [B, C, h, w]
        foreach (var block in downBlocks)
            outputs.AddRange(block.Run(outputs[^1], time, _ => text));

        var hidden = middle.Run(outputs[^1], time, text);
        return new UNetResiduals(
            [.. outputs.Select((output, index) => (skipProjections[index].call(output) * scale).MoveToOuterDisposeScope())],
            (middleProjection.call(hidden) * scale).MoveToOuterDisposeScope());
    }

    /// <summary>Brings the picture to the latent's resolution.</summary>
    private sealed class ControlImageEmbedding : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "conv_in")]
        private readonly Conv2d enter;
        [ComponentName(Name = "blocks")]
        private readonly ModuleList<Conv2d> layers;
        [ComponentName(Name = "conv_out")]
        private readonly Conv2d leave;

        public ControlImageEmbedding(ControlNetConfig config)
            : base(nameof(ControlImageEmbedding))
        {
            var widths = config.ImageBlockChannels;
            enter = new Conv2d(config.ImageChannels, widths[0], 3, padding: 1);
            layers = new ModuleList<Conv2d>([.. widths.Zip(widths.Skip(1)).SelectMany(pair => (Conv2d[])
                [new(pair.First, pair.First, 3, padding: 1), new(pair.First, pair.Second, 3, stride: 2, padding: 1)])]);
            leave = new Conv2d(widths[^1], config.Encoder.BlockChannels[0], 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor image)
        {
            using var scope = NewDisposeScope();
            var hidden = nn.functional.silu(enter.call(image));
            foreach (var layer in layers)
            {
                using var previous = hidden;
                hidden = nn.functional.silu(layer.call(previous));
            }

            return leave.call(hidden).MoveToOuterDisposeScope();
        }
    }
}
