using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Group norm, without initial weights: load them, or use <see cref="Initializer"/>.</summary>
/// <remarks>Wu and He 2018, arXiv:1803.08494.</remarks>
public sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    private readonly long groups;
    private readonly double epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="channels">Channels, a multiple of <paramref name="groups"/>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public GroupNorm(long groups, long channels, double epsilon)
        : base(nameof(GroupNorm))
    {
        if (groups < 1 || channels % groups != 0)
            throw new ArgumentException($"Group norm: {channels} channels do not make {groups} groups; the channels must be a multiple of the groups.");
        this.groups = groups;
        this.epsilon = epsilon;
        weight = Uninitialized.Parameter(channels);
        bias = Uninitialized.Parameter(channels);
        RegisterComponents();
    }

    /// <param name="input">[B, channels, ...].</param>
    /// <returns>Normalised, as the input; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => nn.functional.group_norm(input, groups, weight, bias, epsilon);
}

/// <summary>Layer norm of the last dimension, without initial weights: load them, or use <see cref="Initializer"/>.</summary>
/// <remarks>Ba et al. 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly long[] shape;
    private readonly double epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Size of the last dimension.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(long size, double epsilon = 1e-5)
        : base(nameof(LayerNorm))
    {
        shape = [size];
        this.epsilon = epsilon;
        weight = Uninitialized.Parameter(size);
        bias = Uninitialized.Parameter(size);
        RegisterComponents();
    }

    /// <param name="input">[..., size].</param>
    /// <returns>Normalised, as the input; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, shape, weight, bias, epsilon);
}

/// <summary>Division by the root mean square of the last dimension, without initial weights.</summary>
/// <remarks>Zhang and Sennrich 2019, arXiv:1910.07467; as in T5 and LLaMA: the mean in float32, no bias.</remarks>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter weight;

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Size of the last dimension.</param>
    /// <param name="epsilon">Added to the mean of the squares.</param>
    public RmsNorm(long size, double epsilon)
        : base(nameof(RmsNorm))
    {
        this.epsilon = epsilon;
        weight = Uninitialized.Parameter(size);
        RegisterComponents();
    }

    /// <param name="input">[..., size].</param>
    /// <returns>As the input, in the weight's element type; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var wide = input.to(ScalarType.Float32);
        var inverse = (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        return (weight * (wide * inverse).to(weight.dtype)).MoveToOuterDisposeScope();
    }
}
