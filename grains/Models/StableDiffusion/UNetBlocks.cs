using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>One resolution of the half that goes down: residual blocks, each with a transformer behind it or not, then a downsampling or none.</summary>
/// <remarks>Names as in diffusers' <c>CrossAttnDownBlock2D</c> and <c>DownBlock2D</c>.</remarks>
public sealed class UNetDownBlock : nn.Module
{
    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SpatialTransformer>? transformers;
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> layers;
    [ComponentName(Name = "downsamplers")]
    private readonly ModuleList<Resampler>? downsamplers;

    internal UNetDownBlock(UNetEncoderConfig config, int block, bool downsamples, Func<ConditionAttention>? conditionAttention)
        : base(nameof(UNetDownBlock))
    {
        var (inputs, outputs) = (config.BlockChannels[Math.Max(0, block - 1)], config.BlockChannels[block]);
        var count = Enumerable.Range(0, config.LayersPerBlock);
        layers = new ModuleList<ResnetBlock>([.. count.Select(layer =>
            new ResnetBlock(layer == 0 ? inputs : outputs, outputs, config.NormGroups, config.NormEpsilon, config.TimeWidth))]);
        transformers = config.BlocksAttend[block]
            ? new ModuleList<SpatialTransformer>([.. count.Select(_ => new SpatialTransformer(outputs, config.HeadCounts[block], config, conditionAttention))])
            : null;
        downsamplers = downsamples ? new ModuleList<Resampler>(new Resampler(outputs, stride: 2, padding: 1)) : null;
        RegisterComponents();
    }

    /// <summary>Makes all blocks; the last has no downsampling.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="conditionAttention">Makes the attention to the condition of a block, given its index; null for attention to text.</param>
    internal static ModuleList<UNetDownBlock> CreateAll(UNetEncoderConfig config, Func<int, ConditionAttention>? conditionAttention = null) =>
        new([.. Enumerable.Range(0, config.BlockChannels.Count).Select(block => new UNetDownBlock(
            config, block, block < config.BlockChannels.Count - 1, conditionAttention is null ? null : () => conditionAttention(block)))]);

    /// <summary>Runs the block.</summary>
    /// <param name="input">[B, C', H, W].</param>
    /// <param name="activatedTime">[B, TimeWidth].</param>
    /// <param name="condition">What the transformer of a layer attends to, given the layer's index.</param>
    /// <returns>What each layer gave, [B, C, H, W], and the downsampled [B, C, H/2, W/2] if there is a downsampling; the caller disposes them.</returns>
    internal IReadOnlyList<Tensor> Run(Tensor input, Tensor activatedTime, Func<int, Tensor> condition)
    {
        using var scope = NewDisposeScope();
        var outputs = new List<Tensor>();
        foreach (var (layer, index) in layers.Select((layer, index) => (layer, index)))
        {
            var hidden = layer.Run(outputs.LastOrDefault(input), activatedTime);
            outputs.Add(transformers is null ? hidden : transformers[index].Run(hidden, condition(index)));
        }

        if (downsamplers is not null)
            outputs.Add(downsamplers[0].call(outputs[^1]));
        return [.. outputs.Select(output => output.MoveToOuterDisposeScope())];
    }
}

/// <summary>The lowest resolution: residual block, transformer, residual block.</summary>
/// <remarks>Names as in diffusers' <c>UNetMidBlock2DCrossAttn</c>.</remarks>
public sealed class UNetMidBlock : nn.Module
{
    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SpatialTransformer> transformers;
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> layers;

    internal UNetMidBlock(UNetEncoderConfig config)
        : base(nameof(UNetMidBlock))
    {
        var channels = config.BlockChannels[^1];
        transformers = new ModuleList<SpatialTransformer>(new SpatialTransformer(channels, config.HeadCounts[^1], config));
        layers = new ModuleList<ResnetBlock>([.. Enumerable.Range(0, 2).Select(_ =>
            new ResnetBlock(channels, channels, config.NormGroups, config.NormEpsilon, config.TimeWidth))]);
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <returns>As the input, [B, C, H, W]; the caller disposes it.</returns>
    internal Tensor Run(Tensor input, Tensor activatedTime, Tensor text)
    {
        using var scope = NewDisposeScope();
        var hidden = transformers[0].Run(layers[0].Run(input, activatedTime), text);
        return layers[1].Run(hidden, activatedTime).MoveToOuterDisposeScope();
    }
}

/// <summary>One resolution of the half that goes up: residual blocks that take a skip connection each, then an upsampling or none.</summary>
/// <remarks>Names as in diffusers' <c>CrossAttnUpBlock2D</c> and <c>UpBlock2D</c>.</remarks>
public sealed class UNetUpBlock : nn.Module
{
    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SpatialTransformer>? transformers;
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> layers;
    [ComponentName(Name = "upsamplers")]
    private readonly ModuleList<Resampler>? upsamplers;

    /// <summary>Makes the block.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="block">Which, 0 for the lowest resolution.</param>
    internal UNetUpBlock(UNetConfig config, int block)
        : base(nameof(UNetUpBlock))
    {
        var encoder = config.Encoder;
        var (channels, last) = (encoder.BlockChannels, encoder.BlockChannels.Count - 1);
        var level = last - block;                                               // the down block of the same resolution
        var outputs = channels[level];
        var below = channels[Math.Min(last, level + 1)];
        var above = channels[Math.Max(0, level - 1)];                           // channels of the last skip, which entered the down block
        layers = new ModuleList<ResnetBlock>([.. Enumerable.Range(0, encoder.LayersPerBlock + 1).Select(layer => new ResnetBlock(
            (layer == 0 ? below : outputs) + (layer == encoder.LayersPerBlock ? above : outputs),
            outputs, encoder.NormGroups, encoder.NormEpsilon, encoder.TimeWidth))]);
        transformers = config.UpBlocksAttend[block]
            ? new ModuleList<SpatialTransformer>([.. layers.Select(_ => new SpatialTransformer(outputs, encoder.HeadCounts[level], encoder))])
            : null;
        upsamplers = level > 0 ? new ModuleList<Resampler>(new Resampler(outputs, stride: 1, padding: 1)) : null;
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <param name="input">[B, C', H, W].</param>
    /// <param name="activatedTime">[B, TimeWidth].</param>
    /// <param name="text">[B, N, TextWidth].</param>
    /// <param name="skips">The skips that are left; the block takes its own from the end.</param>
    /// <returns>[B, C, 2H, 2W], or the size of the next skip where that was odd; without upsampling [B, C, H, W]. The caller disposes it.</returns>
    internal Tensor Run(Tensor input, Tensor activatedTime, Tensor text, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        var hidden = input;
        for (var i = 0; i < layers.Count; i++)
        {
            using var joined = cat([hidden, skips.Pop()], 1);
            hidden = layers[i].Run(joined, activatedTime);
            if (transformers is not null)
            {
                using var previous = hidden;
                hidden = transformers[i].Run(previous, text);
            }
        }

        if (upsamplers is null)
            return hidden.MoveToOuterDisposeScope();
        var size = skips.Peek().shape[2..];
        return upsamplers[0].call(nn.functional.interpolate(hidden, size: size, mode: InterpolationMode.Nearest)).MoveToOuterDisposeScope();
    }
}
