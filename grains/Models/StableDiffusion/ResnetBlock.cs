using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Residual block of the UNet (with a time embedding) and of the VAE (without).</summary>
/// <remarks>Names as in diffusers' <c>ResnetBlock2D</c>.</remarks>
public sealed class ResnetBlock : nn.Module
{
    private readonly long inputs;

    [ComponentName(Name = "norm1")]
    private readonly GroupNorm norm1;
    [ComponentName(Name = "conv1")]
    private readonly Conv2d convolution1;
    [ComponentName(Name = "time_emb_proj")]
    private readonly Linear? timeProjection;
    [ComponentName(Name = "norm2")]
    private readonly GroupNorm norm2;
    [ComponentName(Name = "conv2")]
    private readonly Conv2d convolution2;
    [ComponentName(Name = "conv_shortcut")]
    private readonly Conv2d? shortcut;

    /// <summary>Makes the block.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output; the skip is a 1x1 convolution where they differ.</param>
    /// <param name="normGroups">Groups of the norms.</param>
    /// <param name="normEpsilon">Added to the variance.</param>
    /// <param name="timeWidth">Width of the time embedding; null without one.</param>
    public ResnetBlock(long inputs, long outputs, long normGroups, double normEpsilon, long? timeWidth)
        : base(nameof(ResnetBlock))
    {
        this.inputs = inputs;
        norm1 = new GroupNorm(normGroups, inputs, normEpsilon);
        convolution1 = new Conv2d(inputs, outputs, 3, padding: 1);
        timeProjection = timeWidth is { } width ? new Linear(width, outputs) : null;
        norm2 = new GroupNorm(normGroups, outputs, normEpsilon);
        convolution2 = new Conv2d(outputs, outputs, 3, padding: 1);
        shortcut = inputs == outputs ? null : new Conv2d(inputs, outputs, 1);
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <param name="activatedTime">The time embedding behind its activation, [B, TimeWidth]; null for a block without one.</param>
    /// <returns>[B, outputs, H, W]; the caller disposes it.</returns>
    public Tensor Run(Tensor input, Tensor? activatedTime = null)
    {
        TensorShape.Require(input, nameof(input), TensorShape.Any, inputs, TensorShape.Any, TensorShape.Any);
        if (timeProjection is null != activatedTime is null)
            throw new ArgumentException($"The time embedding is {(activatedTime is null ? "absent" : "given")}; this block has {(timeProjection is null ? "no" : "a")} time projection.");
        using var scope = NewDisposeScope();
        var hidden = Convolve(norm1, convolution1, input);
        if (timeProjection is not null)
        {
            using var previous = hidden;
            hidden = previous + timeProjection.call(activatedTime!).unsqueeze(-1).unsqueeze(-1);   // [B, outputs, 1, 1]
        }

        using var change = Convolve(norm2, convolution2, hidden);
        hidden.Dispose();
        return ((shortcut?.call(input) ?? input) + change).MoveToOuterDisposeScope();
    }

    /// <summary>Norm, SiLU, convolution; what lies between is freed at once, since at full size it is the most memory.</summary>
    internal static Tensor Convolve(GroupNorm norm, Conv2d convolution, Tensor input)
    {
        using var normed = norm.call(input);
        using var active = nn.functional.silu(normed, inplace: !normed.requires_grad);
        return convolution.call(active);
    }
}
