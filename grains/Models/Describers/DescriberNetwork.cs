using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Describers;

/// <summary>Measures noise on a full-resolution patch; the tone estimator goes with it. Rain is <see cref="Rain.RainHead"/>'s.</summary>
/// <remarks>
/// The features of a patch are pooled by mean and by standard deviation: noise is a matter of how much the high-pass
/// responses vary, not of where.
/// </remarks>
public sealed class DescriberNetwork : nn.Module
{
    /// <summary>What the names of the tone estimator's weights begin with, before a dot.</summary>
    public const string TonePrefix = "tone";

    private const double MidGrey = 0.5;
    private const int DetailWindow = 5;                                         // pixels
    private const double DetailGain = 8;

    [ComponentName(Name = "patch_features")]
    private readonly Sequential patchFeatures;
    [ComponentName(Name = "patch_head")]
    private readonly Sequential patchHead;
    [ComponentName(Name = TonePrefix)]
    private readonly ToneEstimator tone = new();

    /// <summary>Makes a network with random weights.</summary>
    public DescriberNetwork()
        : base(nameof(DescriberNetwork))
    {
        patchFeatures = nn.Sequential(
            nn.Conv2d(6, 16, 3, padding: 1), nn.ReLU(),
            nn.Conv2d(16, 24, 3, stride: 2, padding: 1), nn.ReLU(),
            nn.Conv2d(24, 32, 3, padding: 1), nn.ReLU(),
            nn.Conv2d(32, 48, 3, stride: 2, padding: 1), nn.ReLU(),
            nn.Conv2d(48, 48, 3, padding: 1), nn.ReLU());
        patchHead = nn.Sequential(nn.Linear(96, 64), nn.ReLU(), nn.Linear(64, 2));
        RegisterComponents();
    }

    /// <summary>Gets what tells darkness from an overview; owned by the network.</summary>
    public ToneEstimator Tone => tone;

    /// <summary>Measures patches.</summary>
    /// <param name="patches">[N, 3, h, w] float32, sRGB in 0..1.</param>
    /// <returns>[N, 2]: ln(1 + sigma of the noise in levels of 0..255), and a number that older files used for rain and that means nothing; the caller disposes it.</returns>
    public Tensor MeasurePatches(Tensor patches)
    {
        using var scope = NewDisposeScope();
        // Noise is small next to the picture: seen by itself, and made larger, it is learnt at once.
        var blurred = nn.functional.avg_pool2d(patches, DetailWindow, stride: 1, padding: DetailWindow / 2, count_include_pad: false);
        var input = cat([patches - MidGrey, (patches - blurred) * DetailGain], 1);   // [N, 6, h, w]
        return patchHead.call(Pool(patchFeatures.call(input))).MoveToOuterDisposeScope();
    }

    private static Tensor Pool(Tensor features)
    {
        const double Epsilon = 1e-6;                                            // the root's slope at 0 is infinite
        var flat = features.flatten(2);                                         // [N, C, hw]
        var mean = flat.mean([2]);
        var variance = (flat - mean.unsqueeze(2)).square().mean([2]);
        return cat([mean, (variance + Epsilon).sqrt()], 1);                     // [N, 2C]
    }
}
