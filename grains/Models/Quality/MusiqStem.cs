using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;

namespace Darkroom.Models.Quality;

/// <summary>Convolution without bias whose kernels have mean 0 and deviation 1, padded as TensorFlow's SAME.</summary>
/// <remarks>Qiao et al. 2019, arXiv:1903.10520.</remarks>
internal sealed class StandardizedConvolution : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    private readonly long side;
    private readonly long stride;

    [ComponentName(Name = "weight")]
    private readonly Parameter weight;

    public StandardizedConvolution(long inputs, long outputs, long side, long stride = 1)
        : base(nameof(StandardizedConvolution))
    {
        (this.side, this.stride) = (side, stride);
        weight = Uninitialized.Parameter(outputs, inputs, side, side);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var count = weight.numel() / weight.shape[0];
        var centred = weight - weight.mean([1, 2, 3], keepdim: true);
        var deviation = (centred.square().sum([1, 2, 3], keepdim: true) / (count - 1)).sqrt();   // unbiased, as torch.std
        return nn.functional.conv2d(PadSame(input, side, stride), centred / (deviation + Epsilon), null, strides: [stride, stride]).MoveToOuterDisposeScope();
    }

    /// <summary>Pads with zeros such that a step keeps ceil(size / stride) places; the odd zero comes last.</summary>
    public static Tensor PadSame(Tensor input, long side, long stride)
    {
        var (down, across) = (Padding(input.shape[2], side, stride), Padding(input.shape[3], side, stride));
        return nn.functional.pad(input, [across / 2, across - (across / 2), down / 2, down - (down / 2)]);
    }

    private static long Padding(long size, long side, long stride) => Math.Max(0, ((((size + stride - 1) / stride) - 1) * stride) + side - size);
}

/// <summary>A bottleneck of ResNet with standardized convolutions and group norm; its width is that of its input.</summary>
internal sealed class MusiqBottleneck : nn.Module<Tensor, Tensor>
{
    private const int Groups = 32;
    private const double Epsilon = 1e-4;

    private readonly StandardizedConvolution conv1;
    private readonly GroupNorm gn1;
    private readonly StandardizedConvolution conv2;
    private readonly GroupNorm gn2;
    private readonly StandardizedConvolution conv3;
    private readonly GroupNorm gn3;

    [ComponentName(Name = "conv_proj")]
    private readonly StandardizedConvolution projection;
    [ComponentName(Name = "gn_proj")]
    private readonly GroupNorm projectionNorm;

    public MusiqBottleneck(long inputs, long outputs)
        : base(nameof(MusiqBottleneck))
    {
        (conv1, gn1) = (new(inputs, inputs, 1), new(Groups, inputs, Epsilon));
        (conv2, gn2) = (new(inputs, inputs, 3), new(Groups, inputs, Epsilon));
        (conv3, gn3) = (new(inputs, outputs, 1), new(Groups, outputs, Epsilon));
        (projection, projectionNorm) = (new(inputs, outputs, 1), new(Groups, outputs, Epsilon));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.relu(gn1.call(conv1.call(input)));
        hidden = nn.functional.relu(gn2.call(conv2.call(hidden)));
        hidden = gn3.call(conv3.call(hidden));
        return nn.functional.relu(hidden + projectionNorm.call(projection.call(input))).MoveToOuterDisposeScope();
    }
}
