using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>Layer norm over the channels of each pixel, with its parameters directly under the module's name.</summary>
/// <remarks>The same sum as <see cref="Restormer.ChannelLayerNorm"/>, whose keys have a <c>body</c> in between.</remarks>
public sealed class PixelNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "weight")]
    private readonly Parameter weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter bias;

    /// <summary>Makes a norm with weight 1 and bias 0.</summary>
    /// <param name="channels">C.</param>
    public PixelNorm(long channels)
        : base(nameof(PixelNorm))
    {
        weight = nn.Parameter(ones(channels));
        bias = nn.Parameter(zeros(channels));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W] float32: the variance needs it.</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var centred = input - input.mean([1], keepdim: true);
        var inverseStd = (centred.square().mean([1], keepdim: true) + Epsilon).rsqrt();   // biased variance
        return (centred * inverseStd * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)).MoveToOuterDisposeScope();
    }
}
