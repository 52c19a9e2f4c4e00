using static TorchSharp.torch;

namespace Darkroom.Models.Describers.Rain;

/// <summary>What a picture's thin lines say about rain.</summary>
/// <param name="Directed">What depends on the direction, [B, <see cref="DirectedCount"/>, <see cref="LineFilters.AngleCount"/>].</param>
/// <param name="Plain">What does not, [B, <see cref="PlainCount"/>].</param>
/// <remarks>
/// Rain is many thin bright lines, nearly parallel, in the whole picture; texture is local and has dark lines as well. So the
/// energy, skewness and peakedness of the lines are measured for each direction and patch, and a picture is described by the
/// quantiles over its patches: a meadow fills some of them, rain does not spare the smooth ones. After Bossu, Hautiere and
/// Tarel 2011 (a histogram of the orientation of streaks), with statistics of filters in the place of segmented streaks.
/// </remarks>
public sealed record RainFeatures(Tensor Directed, Tensor Plain)
{
    private const int ScaleCount = 3;                                           // 1, 1/2, 1/4: streaks of 2, 4 and 8 pixels
    private const int DirectedPerScale = 5;
    private const int DirectedOfColour = 2;
    private const int PlainPerScale = 3;
    private const int DetailWindow = 9;                                         // pixels
    private const double Levels = 255;

    // Detail is measured in units of its own median, and clipped: an outline counts no more than a streak.
    private const double MedianFactor = 1.5;
    private const double SmallestDetail = 0.3 / Levels;
    private const double DetailLimit = 4;
    private const double Floor = 1e-3;                                          // of a response's energy: flat patches have none
    private const double SkewnessLimit = 4;
    private const double KurtosisLimit = 20;

    private static readonly float[] Quantiles = [0.1f, 0.25f, 0.5f, 0.75f, 0.9f];

    /// <summary>Number of features that depend on the direction.</summary>
    public static int DirectedCount { get; } = Quantiles.Length * (ScaleCount * DirectedPerScale + DirectedOfColour);

    /// <summary>Number of features that do not.</summary>
    public static int PlainCount { get; } = Quantiles.Length * ScaleCount * PlainPerScale;

    /// <summary>Measures one picture.</summary>
    /// <param name="patches">Pieces of it at full resolution, [N, 3, h, w] float32, sRGB in 0..1; sides are at least 64.</param>
    /// <returns>The features, B = 1; the caller disposes them.</returns>
    public static RainFeatures Measure(Tensor patches)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var filters = LineFilters.Compute(patches.device);
        var luma = patches.mean([1], keepdim: true);                            // [N, 1, h, w]
        var directed = new List<Tensor>();
        var plain = new List<Tensor>();
        for (var scale = 0; scale < ScaleCount; scale++)
        {
            var (ofAngles, ofPatch) = MeasureScale(Shrink(luma, 1 << scale), filters);
            directed.Add(ofAngles);
            plain.Add(ofPatch);
        }

        directed.Add(MeasureColour(patches, luma, filters));
        return new RainFeatures(
            OverPatches(cat(directed, 1)).MoveToOuterDisposeScope(), OverPatches(cat(plain, 1)).MoveToOuterDisposeScope());
    }

    private static (Tensor Directed, Tensor Plain) MeasureScale(Tensor luma, Tensor filters)
    {
        var detail = Detail(luma);
        var median = detail.abs().flatten(1).quantile(tensor(0.5f, device: luma.device), 1);   // [N]
        var relative = detail / (MedianFactor * median.view(-1, 1, 1, 1) + SmallestDetail);
        var spread = relative.square().flatten(1).mean([1]);                    // large where the detail is in few places
        relative = relative.clamp(-DetailLimit, DetailLimit);
        var skewness = relative.pow(3).flatten(1).mean([1]) / (relative.square().flatten(1).mean([1]) + 0.05).pow(1.5);

        var response = nn.functional.conv2d(relative, filters).flatten(2);      // [N, 16, n]
        var squared = response.square();
        var energy = squared.mean([2]) + Floor;                                 // [N, 16]
        var logEnergy = energy.log();
        var third = response.pow(3).mean([2]) / energy.pow(1.5);
        var fourth = (squared.square().mean([2]) / energy.square()).clamp(1, KurtosisLimit).log();
        var bright = response.clamp(min: 0).square().mean([2]) / energy;
        var directed = stack(
            [logEnergy, logEnergy - logEnergy.mean([1], keepdim: true), third.clamp(-SkewnessLimit, SkewnessLimit), fourth, bright], 1);
        var plain = stack([(median * Levels + 0.1).log(), (spread + 0.1).log(), skewness.clamp(-SkewnessLimit, SkewnessLimit)], 1);
        return (directed, plain);                                               // [N, 5, 16], [N, 3]
    }

    // Rain is grey; the lines of plants and roofs often are not.
    private static Tensor MeasureColour(Tensor patches, Tensor luma, Tensor filters)
    {
        var (red, green, blue) = (patches.narrow(1, 0, 1), patches.narrow(1, 1, 1), patches.narrow(1, 2, 1));
        var colour = LogEnergy(red - green) + LogEnergy((red + green) / 2 - blue);
        var grey = LogEnergy(luma);
        return stack([grey - colour / 2, colour - colour.mean([1], keepdim: true)], 1);   // [N, 2, 16]

        Tensor LogEnergy(Tensor channel) =>
            (nn.functional.conv2d(Detail(Shrink(channel, 2)) * Levels, filters).square().flatten(2).mean([2]) + 1).log();
    }

    private static Tensor Shrink(Tensor image, int factor) => factor == 1 ? image : nn.functional.avg_pool2d(image, factor);

    private static Tensor Detail(Tensor image) =>
        image - nn.functional.avg_pool2d(image, DetailWindow, stride: 1, padding: DetailWindow / 2, count_include_pad: false);

    // [N, F, ...] to [1, 5F, ...]
    private static Tensor OverPatches(Tensor features) =>
        features.quantile(tensor(Quantiles, device: features.device), 0).flatten(0, 1).unsqueeze(0);
}
