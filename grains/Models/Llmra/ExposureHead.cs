using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>Reads from the degradation context how much brighter the picture has to become, one number a channel.</summary>
/// <remarks>
/// Not in the paper. The compact DC-former sees tiles, and how dark a picture is must not be decided tile by tile: the gain
/// is a property of the run. A gain g on sRGB values is a gain of g^2.2 on light, to a good approximation.
/// </remarks>
public sealed class ExposureHead : nn.Module<Tensor, Tensor>
{
    /// <summary>The largest absolute logarithm of the gain: e^3 = 20 on sRGB values, more than nine stops of light.</summary>
    public const double MaxLogGain = 3;

    private const int HiddenWidth = 48;

    [ComponentName(Name = "hidden")]
    private readonly Linear hidden;
    [ComponentName(Name = "gain")]
    private readonly Linear gain;

    /// <summary>Makes a head whose gain is 1 for every context.</summary>
    public ExposureHead(LlmraConfig config)
        : base(nameof(ExposureHead))
    {
        hidden = nn.Linear(config.TextDim, HiddenWidth);
        gain = nn.Linear(HiddenWidth, 3);
        nn.init.zeros_(gain.weight);
        nn.init.zeros_(gain.bias!);
        RegisterComponents();
    }

    /// <param name="context">Z, [B, N, D].</param>
    /// <returns>Factor on sRGB values, [B, 3, 1, 1], within e^±<see cref="MaxLogGain"/>; the caller disposes it.</returns>
    public override Tensor forward(Tensor context)
    {
        using var scope = NewDisposeScope();
        var logGain = gain.call(nn.functional.gelu(hidden.call(context.mean([1]))));   // [B, 3]
        return (MaxLogGain * (logGain / MaxLogGain).tanh()).exp().view(-1, 3, 1, 1).MoveToOuterDisposeScope();
    }
}
