using Darkroom.Models.Llmra;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Describers;

/// <summary>Tells from the distribution of a picture's values whether it is under-exposed, and which tone curve brightens it.</summary>
/// <remarks>
/// It sees quantiles and nothing else: under-exposed is a picture whose highlights are dark too. Colours are brightened each by itself, so
/// a cast of the light goes with the darkness.
/// </remarks>
public sealed class ToneEstimator : nn.Module<Tensor, Tensor>
{
    private const int HiddenWidth = 96;
    private const double Darkest = 1.0 / 512;                                   // half a level: below, values say nothing
    private const double MaxLogFactor = 3;                                      // of a channel's gain: e^3 = 20
    private const double MaxLogBend = 3;
    private const int ChannelCount = 3;

    private static readonly double[] Shares = [0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1];

    [ComponentName(Name = "layers")]
    private readonly Sequential layers;

    /// <summary>Makes an estimator with random weights.</summary>
    public ToneEstimator()
        : base(nameof(ToneEstimator))
    {
        layers = nn.Sequential(
            nn.Linear(Shares.Length * ChannelCount, HiddenWidth), nn.GELU(),
            nn.Linear(HiddenWidth, HiddenWidth), nn.GELU(),
            nn.Linear(HiddenWidth, 2 + ChannelCount));
        RegisterComponents();
    }

    /// <param name="overviews">[N, 3, h, w] float32, sRGB in 0..1: averages of many pixels, so that noise is small.</param>
    /// <returns>[N, 5]: the logit of "under-exposed", and before softplus the logarithms of the curve's bend and of the three channels' gains; the caller disposes it.</returns>
    public override Tensor forward(Tensor overviews)
    {
        using var scope = NewDisposeScope();
        var (sorted, _) = overviews.flatten(2).sort(dim: 2);                    // [N, 3, hw]
        var last = sorted.shape[2] - 1;
        var places = tensor(Shares.Select(share => (long)Math.Round(share * last)).ToArray(), device: overviews.device);
        var quantiles = sorted.index_select(2, places).clamp(min: Darkest).log().flatten(1);   // [N, 27]
        return layers.call(quantiles).MoveToOuterDisposeScope();
    }

    /// <summary>Tells how likely the pictures are under-exposed.</summary>
    /// <param name="overviews">As for <see cref="forward"/>.</param>
    /// <returns>The logits, [N]; the caller disposes them.</returns>
    public Tensor Darkness(Tensor overviews)
    {
        using var scope = NewDisposeScope();
        return call(overviews).select(1, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Chooses the curves that brighten the pictures, supposing that they are under-exposed.</summary>
    /// <param name="overviews">As for <see cref="forward"/>.</param>
    /// <returns>Gain (at least 1) and shoulder (at least 0) for <see cref="ToneCurve.Apply"/>, [N, 3, 1, 1] each; the caller disposes them.</returns>
    public (Tensor Gain, Tensor Shoulder) Curve(Tensor overviews)
    {
        using var scope = NewDisposeScope();
        var (gain, shoulder) = Curve(call(overviews), batch: overviews.shape[0]);
        return (gain.MoveToOuterDisposeScope(), shoulder.MoveToOuterDisposeScope());
    }

    /// <summary>Reads the curves from what <see cref="forward"/> gives.</summary>
    internal static (Tensor Gain, Tensor Shoulder) Curve(Tensor estimates, long batch)
    {
        // x = y / (bend - (bend - 1) y) / factor undone: see DarkTone.
        var bend = nn.functional.softplus(estimates.narrow(1, 1, 1)).clamp(max: MaxLogBend).exp().view(batch, 1, 1, 1);
        var factor = nn.functional.softplus(estimates.narrow(1, 2, ChannelCount)).clamp(max: MaxLogFactor).exp().view(batch, ChannelCount, 1, 1);
        return (bend * factor, (bend - 1) * factor);
    }
}
