using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Quality;

/// <summary>Convolution without bias, batch norm by the statistics of training, ReLU: torchvision's <c>BasicConv2d</c>.</summary>
internal sealed class InceptionConvolution : nn.Module<Tensor, Tensor>
{
    private readonly Kernel conv;
    private readonly FrozenBatchNorm bn;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="height">Height of the kernel.</param>
    /// <param name="width">Width of the kernel.</param>
    /// <param name="stride">Step.</param>
    /// <param name="isPadded">Whether the borders are padded such that a step of 1 keeps the size.</param>
    public InceptionConvolution(long inputs, long outputs, long height, long width, long stride = 1, bool isPadded = false)
        : base(nameof(InceptionConvolution))
    {
        conv = new Kernel(inputs, outputs, [height, width], [stride, stride], isPadded ? [height / 2, width / 2] : [0, 0]);
        bn = new FrozenBatchNorm(outputs);
        OutputChannels = outputs;
        RegisterComponents();
    }

    /// <summary>Gets the channels of the output.</summary>
    public long OutputChannels { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.relu(bn.call(conv.call(input))).MoveToOuterDisposeScope();
    }

    private sealed class Kernel : nn.Module<Tensor, Tensor>
    {
        private readonly long[] stride;
        private readonly long[] padding;

        [ComponentName(Name = "weight")]
        private readonly Parameter weight;

        public Kernel(long inputs, long outputs, long[] size, long[] stride, long[] padding)
            : base(nameof(Kernel))
        {
            (this.stride, this.padding) = (stride, padding);
            weight = Uninitialized.Parameter(outputs, inputs, size[0], size[1]);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => nn.functional.conv2d(input, weight, null, strides: stride, padding: padding);
    }

    private sealed class FrozenBatchNorm : nn.Module<Tensor, Tensor>
    {
        private const double Epsilon = 1e-3;

        [ComponentName(Name = "weight")]
        private readonly Parameter weight;
        [ComponentName(Name = "bias")]
        private readonly Parameter bias;
        [ComponentName(Name = "running_mean")]
        private readonly Parameter mean;
        [ComponentName(Name = "running_var")]
        private readonly Parameter variance;

        public FrozenBatchNorm(long channels)
            : base(nameof(FrozenBatchNorm))
        {
            (weight, bias) = (Uninitialized.Parameter(channels), Uninitialized.Parameter(channels));
            (mean, variance) = (Uninitialized.Parameter(channels), Uninitialized.Parameter(channels));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) =>
            nn.functional.batch_norm(input, mean, variance, weight, bias, training: false, eps: Epsilon);
    }
}

/// <summary>A block of Inception: branches of convolutions over one input, whose outputs are put together.</summary>
internal sealed class InceptionBlock : nn.Module<Tensor, Tensor>
{
    private readonly Func<Func<string, Tensor, Tensor>, Tensor, IEnumerable<Tensor>> wire;
    private readonly Dictionary<string, InceptionConvolution> layers;

    /// <summary>Makes a block.</summary>
    /// <param name="layers">The convolutions by name.</param>
    /// <param name="wire">Gives the branches' outputs; is given what applies a named convolution, and the input.</param>
    public InceptionBlock(Dictionary<string, InceptionConvolution> layers, Func<Func<string, Tensor, Tensor>, Tensor, IEnumerable<Tensor>> wire)
        : base(nameof(InceptionBlock))
    {
        (this.layers, this.wire) = (layers, wire);
        foreach (var (name, layer) in layers)
            register_module(name, layer);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return cat([.. wire((name, tensor) => layers[name].call(tensor), input)], 1).MoveToOuterDisposeScope();
    }
}
