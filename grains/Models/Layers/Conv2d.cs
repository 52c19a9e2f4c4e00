using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Convolution with a square kernel, without initial weights: load them, or use <see cref="Initializer"/>.</summary>
public sealed class Conv2d : nn.Module<Tensor, Tensor>
{
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly long groups;

    [ComponentName(Name = "weight")]
    private readonly Parameter weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter? bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Channels of the input, a multiple of <paramref name="groups"/>.</param>
    /// <param name="outputs">Channels of the output, a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel">Side of the kernel (pixels).</param>
    /// <param name="stride">Step (pixels).</param>
    /// <param name="padding">Zeros on each side (pixels).</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="groups">Groups of channels.</param>
    public Conv2d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, bool bias = true, long groups = 1)
        : base(nameof(Conv2d))
    {
        this.stride = [stride, stride];
        this.padding = [padding, padding];
        this.groups = groups;
        weight = Uninitialized.Parameter(outputs, inputs / groups, kernel, kernel);
        this.bias = bias ? Uninitialized.Parameter(outputs) : null;
        RegisterComponents();
    }

    /// <summary>Gets the weight, [outputs, inputs / groups, kernel, kernel].</summary>
    public Parameter Weight => weight;

    /// <summary>Gets the bias, [outputs], or null.</summary>
    public Parameter? Bias => bias;

    /// <param name="input">[B, inputs, H, W].</param>
    /// <returns>[B, outputs, H', W']; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.conv2d(input, weight, bias, strides: stride, padding: padding, groups: groups);
}
