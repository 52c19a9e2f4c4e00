using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Affine map of the last dimension, without initial weights: load them, or use <see cref="Initializer"/>.</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter? bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public Linear(long inputs, long outputs, bool bias = true)
        : base(nameof(Linear))
    {
        weight = Uninitialized.Parameter(outputs, inputs);
        this.bias = bias ? Uninitialized.Parameter(outputs) : null;
        RegisterComponents();
    }

    /// <summary>Gets the weight, [outputs, inputs].</summary>
    public Parameter Weight => weight;

    /// <summary>Gets the bias, [outputs], or null.</summary>
    public Parameter? Bias => bias;

    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., outputs]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);
}
