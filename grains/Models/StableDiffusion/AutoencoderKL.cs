using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;

namespace Darkroom.Models.StableDiffusion;

/// <summary>The VAE of Stable Diffusion: pictures in [-1, 1] to latents and back.</summary>
/// <remarks>
/// Rombach et al. 2022, arXiv:2112.10752, section 3.1; names as in diffusers' <c>AutoencoderKL</c>. The UNet's latents are
/// <see cref="AutoencoderConfig.ScalingFactor"/> times those here (0.18215 in SD1 and SD2).
/// </remarks>
public sealed class AutoencoderKL : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "encoder")]
    private readonly VaeEncoder encoder;
    [ComponentName(Name = "decoder")]
    private readonly VaeDecoder decoder;
    [ComponentName(Name = "quant_conv")]
    private readonly Conv2d toMoments;
    [ComponentName(Name = "post_quant_conv")]
    private readonly Conv2d fromLatent;

    /// <summary>Makes a network without weights.</summary>
    public AutoencoderKL(AutoencoderConfig config)
        : base(nameof(AutoencoderKL))
    {
        Config = config;
        encoder = new VaeEncoder(config);
        decoder = new VaeDecoder(config);
        toMoments = new Conv2d(2 * config.LatentChannels, 2 * config.LatentChannels, 1);
        fromLatent = new Conv2d(config.LatentChannels, config.LatentChannels, 1);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public AutoencoderConfig Config { get; }

    /// <summary>Gets the weight of the decoder's last layer.</summary>
    internal Tensor OutputWeight => decoder.OutputWeight;

    /// <summary>Encodes and decodes without noise.</summary>
    /// <param name="image">[B, 3, H, W] in [-1, 1].</param>
    /// <returns>[B, 3, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor image)
    {
        using var latents = Encode(image);
        using var mean = latents.Mean();
        return Decode(mean);
    }

    /// <summary>Encodes a picture.</summary>
    /// <param name="image">[B, ImageChannels, H, W] in [-1, 1]; H and W are multiples of <see cref="AutoencoderConfig.PixelsPerCell"/>.</param>
    /// <returns>The distribution of its latent; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The picture has another shape.</exception>
    public LatentDistribution Encode(Tensor image) => Encode(image, tap: null);

    /// <summary>Decodes a latent.</summary>
    /// <param name="latent">[B, LatentChannels, h, w], not scaled.</param>
    /// <returns>[B, OutputChannels, H, W], about [-1, 1] and not clamped; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The latent has another shape.</exception>
    public Tensor Decode(Tensor latent) => Decode(latent, added: null);

    /// <summary>Encodes a picture and hands out what each block gives before its downsampling.</summary>
    /// <param name="image">[B, ImageChannels, H, W].</param>
    /// <param name="tap">Told of each block's index and output, which lives as long as the caller's dispose scope; null for no one.</param>
    internal LatentDistribution Encode(Tensor image, Action<int, Tensor>? tap)
    {
        TensorShape.Require(image, nameof(image), TensorShape.Any, Config.ImageChannels, TensorShape.Any, TensorShape.Any);
        var (height, width) = (image.shape[2], image.shape[3]);
        if (height % Config.PixelsPerCell != 0 || width % Config.PixelsPerCell != 0)
            throw new ArgumentException($"The picture is {width} x {height}; allowed are multiples of {Config.PixelsPerCell}.", nameof(image));
        using var hidden = encoder.Run(image, tap);
        return new LatentDistribution(toMoments.call(hidden));
    }

    /// <summary>Decodes a latent, and adds something before each block.</summary>
    /// <param name="latent">[B, LatentChannels, h, w].</param>
    /// <param name="added">What is added to a block's input, given the block's index; null for nothing.</param>
    internal Tensor Decode(Tensor latent, Func<int, Tensor>? added)
    {
        TensorShape.Require(latent, nameof(latent), TensorShape.Any, Config.LatentChannels, TensorShape.Any, TensorShape.Any);
        using var hidden = fromLatent.call(latent);
        return decoder.Run(hidden, added);
    }

    private sealed class VaeEncoder : nn.Module
    {
        [ComponentName(Name = "conv_in")]
        private readonly Conv2d enter;
        [ComponentName(Name = "down_blocks")]
        private readonly ModuleList<VaeDownBlock> blocks;
        [ComponentName(Name = "mid_block")]
        private readonly VaeMidBlock middle;
        [ComponentName(Name = "conv_norm_out")]
        private readonly GroupNorm norm;
        [ComponentName(Name = "conv_out")]
        private readonly Conv2d leave;

        public VaeEncoder(AutoencoderConfig config)
            : base(nameof(VaeEncoder))
        {
            var channels = config.BlockChannels;
            enter = new Conv2d(config.ImageChannels, channels[0], 3, padding: 1);
            blocks = new ModuleList<VaeDownBlock>([.. Enumerable.Range(0, channels.Count).Select(block => new VaeDownBlock(config, block))]);
            middle = new VaeMidBlock(config);
            norm = new GroupNorm(config.NormGroups, channels[^1], VaeLayers.NormEpsilon);
            leave = new Conv2d(channels[^1], 2 * config.LatentChannels, 3, padding: 1);
            RegisterComponents();
        }

        public Tensor Run(Tensor image, Action<int, Tensor>? tap)
        {
            var hidden = enter.call(image);                                     // [B, C, H, W]
            for (var i = 0; i < blocks.Count; i++)
            {
                using var previous = hidden;
                var output = blocks[i].RunLayers(previous);
                tap?.Invoke(i, output);
                hidden = blocks[i].Downsample(output);                          // [B, C', H/2, W/2]
                if (tap is null)
                    output.Dispose();
            }

            using var last = hidden;
            using var mixed = middle.Run(last);
            return ResnetBlock.Convolve(norm, leave, mixed);
        }
    }

    private sealed class VaeDecoder : nn.Module
    {
        [ComponentName(Name = "conv_in")]
        private readonly Conv2d enter;
        [ComponentName(Name = "up_blocks")]
        private readonly ModuleList<VaeUpBlock> blocks;
        [ComponentName(Name = "mid_block")]
        private readonly VaeMidBlock middle;
        [ComponentName(Name = "conv_norm_out")]
        private readonly GroupNorm norm;
        [ComponentName(Name = "conv_out")]
        private readonly Conv2d leave;

        public VaeDecoder(AutoencoderConfig config)
            : base(nameof(VaeDecoder))
        {
            var channels = config.BlockChannels;
            enter = new Conv2d(config.LatentChannels, channels[^1], 3, padding: 1);
            blocks = new ModuleList<VaeUpBlock>([.. Enumerable.Range(0, channels.Count).Select(block => new VaeUpBlock(config, block))]);
            middle = new VaeMidBlock(config);
            norm = new GroupNorm(config.NormGroups, channels[0], VaeLayers.NormEpsilon);
            leave = new Conv2d(channels[0], config.OutputChannels, 3, padding: 1);
            RegisterComponents();
        }

        public Tensor OutputWeight => leave.Weight;

        public Tensor Run(Tensor latent, Func<int, Tensor>? added)
        {
            using var first = enter.call(latent);                               // [B, C, h, w]
            var hidden = middle.Run(first);
            for (var i = 0; i < blocks.Count; i++)
            {
                using var previous = hidden;
                using var addition = added?.Invoke(i);
                using var input = addition is null ? previous.alias() : previous + addition;
                hidden = blocks[i].Run(input);                                  // [B, C', 2h, 2w]
            }

            using var last = hidden;
            return ResnetBlock.Convolve(norm, leave, last);
        }
    }
}
