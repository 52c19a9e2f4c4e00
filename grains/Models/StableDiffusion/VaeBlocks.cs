using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.StableDiffusion;

/// <summary>One resolution of the VAE's encoder.</summary>
/// <remarks>Names as in diffusers' <c>DownEncoderBlock2D</c>.</remarks>
public sealed class VaeDownBlock : nn.Module
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> layers;
    [ComponentName(Name = "downsamplers")]
    private readonly ModuleList<Resampler>? downsamplers;

    internal VaeDownBlock(AutoencoderConfig config, int block)
        : base(nameof(VaeDownBlock))
    {
        var (inputs, outputs) = (config.BlockChannels[Math.Max(0, block - 1)], config.BlockChannels[block]);
        layers = VaeLayers.Create(config.LayersPerBlock, inputs, outputs, config.NormGroups);
        downsamplers = block < config.BlockChannels.Count - 1 ? new ModuleList<Resampler>(new Resampler(outputs, stride: 2, padding: 0)) : null;
        RegisterComponents();
    }

    /// <summary>Runs the residual blocks.</summary>
    internal Tensor RunLayers(Tensor input) => VaeLayers.Run(layers, input);

    /// <summary>Halves the resolution, with a row and a column of zeros on the right and below; gives the last block's input back.</summary>
    internal Tensor Downsample(Tensor input)
    {
        if (downsamplers is null)
            return input.alias();
        using var padded = nn.functional.pad(input, [0, 1, 0, 1]);
        return downsamplers[0].call(padded);
    }
}

/// <summary>One resolution of the VAE's decoder.</summary>
/// <remarks>Names as in diffusers' <c>UpDecoderBlock2D</c>.</remarks>
public sealed class VaeUpBlock : nn.Module
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> layers;
    [ComponentName(Name = "upsamplers")]
    private readonly ModuleList<Resampler>? upsamplers;

    /// <summary>Makes the block.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="block">Which, 0 for the latent's resolution.</param>
    internal VaeUpBlock(AutoencoderConfig config, int block)
        : base(nameof(VaeUpBlock))
    {
        var last = config.BlockChannels.Count - 1;
        var (inputs, outputs) = (config.BlockChannels[Math.Min(last, last - block + 1)], config.BlockChannels[last - block]);
        layers = VaeLayers.Create(config.LayersPerBlock + 1, inputs, outputs, config.NormGroups);
        upsamplers = block < last ? new ModuleList<Resampler>(new Resampler(outputs, stride: 1, padding: 1)) : null;
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <returns>[B, C, 2H, 2W], or [B, C, H, W] for the last block; the caller disposes it.</returns>
    internal Tensor Run(Tensor input)
    {
        var hidden = VaeLayers.Run(layers, input);
        if (upsamplers is null)
            return hidden;
        using var large = nn.functional.interpolate(hidden, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
        hidden.Dispose();
        return upsamplers[0].call(large);
    }
}

/// <summary>The latent's resolution: residual block, attention of one head over all cells, residual block.</summary>
/// <remarks>Names as in diffusers' <c>UNetMidBlock2D</c>.</remarks>
public sealed class VaeMidBlock : nn.Module
{
    [ComponentName(Name = "attentions")]
    private readonly ModuleList<VaeAttention> attentions;
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> layers;

    internal VaeMidBlock(AutoencoderConfig config)
        : base(nameof(VaeMidBlock))
    {
        var channels = config.BlockChannels[^1];
        attentions = new ModuleList<VaeAttention>(new VaeAttention(channels, config.NormGroups));
        layers = VaeLayers.Create(2, channels, channels, config.NormGroups);
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <returns>As the input, [B, C, h, w]; the caller disposes it.</returns>
    internal Tensor Run(Tensor input)
    {
        using var first = layers[0].Run(input);
        using var attended = attentions[0].call(first);
        return layers[1].Run(attended);
    }
}

/// <summary>Attention of one head over all cells of a feature map; residual.</summary>
/// <remarks>Names as in diffusers' <c>Attention</c>; <see cref="LegacyVaeNames"/> accepts the older ones.</remarks>
public sealed class VaeAttention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "group_norm")]
    private readonly GroupNorm norm;
    [ComponentName(Name = "to_q")]
    private readonly Linear toQuery;
    [ComponentName(Name = "to_k")]
    private readonly Linear toKey;
    [ComponentName(Name = "to_v")]
    private readonly Linear toValue;
    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> toOutput;

    internal VaeAttention(long channels, long normGroups)
        : base(nameof(VaeAttention))
    {
        norm = new GroupNorm(normGroups, channels, VaeLayers.NormEpsilon);
        toQuery = new Linear(channels, channels);
        toKey = new Linear(channels, channels);
        toValue = new Linear(channels, channels);
        toOutput = new ModuleList<Linear>(new Linear(channels, channels));
        RegisterComponents();
    }

    /// <param name="input">[B, C, h, w].</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = norm.call(input).flatten(2).transpose(1, 2).unsqueeze(1);  // [B, 1, h * w, C]
        var attended = ScaledDotProduct.Attend(toQuery.call(tokens), toKey.call(tokens), toValue.call(tokens), 1 / Math.Sqrt(input.shape[1]));
        var change = toOutput[0].call(attended.squeeze(1)).transpose(1, 2).unflatten(2, input.shape[2..]);
        return (change + input).MoveToOuterDisposeScope();
    }
}

/// <summary>What the VAE's blocks have in common.</summary>
internal static class VaeLayers
{
    /// <summary>Added to the variance in every norm of the VAE.</summary>
    public const double NormEpsilon = 1e-6;

    /// <summary>Makes residual blocks, the first of which changes the channels.</summary>
    public static ModuleList<ResnetBlock> Create(int count, long inputs, long outputs, long normGroups) =>
        new([.. Enumerable.Range(0, count).Select(layer => new ResnetBlock(layer == 0 ? inputs : outputs, outputs, normGroups, NormEpsilon, timeWidth: null))]);

    /// <summary>Runs residual blocks one after another, each result freed when the next is there.</summary>
    public static Tensor Run(IEnumerable<ResnetBlock> layers, Tensor input)
    {
        var hidden = input.alias();
        foreach (var layer in layers)
        {
            using var previous = hidden;
            hidden = layer.Run(previous);
        }

        return hidden;
    }
}
