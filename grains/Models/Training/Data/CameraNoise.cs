using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>A camera run backwards and forwards: noise is added to the mosaic, where a sensor adds it.</summary>
/// <remarks>After Brooks et al. 2019, arXiv:1811.11127 (unprocessing), reduced to tone curve, white balance and mosaic.</remarks>
public static class CameraNoise
{
    private const double ToneExponent = 2.2;
    private const double MidGrey = 0.18;                                        // linear
    private const double ReadShare = 0.3;                                       // of the variance at mid-grey
    private const double SmoothedProbability = 0.55;
    private const double MaxBlotchShare = 0.6;
    private const int BlurReach = 4;                                            // pixels
    private const double Tiny = 1e-8;

    /// <summary>Adds sensor noise.</summary>
    /// <param name="image">sRGB in 0..1, [3, H, W], even sides.</param>
    /// <param name="level">Standard deviation at mid-grey in sRGB levels of 0..255, before demosaicing.</param>
    /// <param name="random">Draws the white balance.</param>
    /// <param name="generator">Draws the noise.</param>
    /// <returns>Noisy sRGB, [3, H, W], not clamped; the caller disposes it.</returns>
    public static Tensor Apply(Tensor image, double level, Random random, Generator generator)
    {
        using var scope = NewDisposeScope();
        // Red and blue are amplified after the sensor: their noise is too.
        var balance = tensor(new[]
        {
            (float)DegradationSampler.Between(random, 1.3, 2.2), 1f, (float)DegradationSampler.Between(random, 1.2, 1.9),
        }).view(3, 1, 1);
        var linear = image.clamp(0, 1).pow(ToneExponent) / balance;

        // d(sRGB) = d(linear) * (1 / 2.2) * MidGrey^(1/2.2 - 1): turns the wanted sRGB deviation into a linear variance.
        var slope = Math.Pow(MidGrey, 1 / ToneExponent - 1) / ToneExponent;
        var variance = Math.Pow(level / 255 / slope, 2);
        var read = variance * ReadShare;
        var gainPerPhoton = variance * (1 - ReadShare) / MidGrey;
        var deviation = (linear * gainPerPhoton + read).sqrt();
        var noisy = linear + deviation * randn(linear.shape, generator: generator);

        var developed = (Demosaic(noisy) * balance).clamp(1e-4, 1).pow(1 / ToneExponent);
        // Demosaicing also blurs; only the noise is wanted, so the blur of the clean picture is taken out again.
        var developedClean = (Demosaic(linear) * balance).clamp(1e-4, 1).pow(1 / ToneExponent);
        var noise = developed - developedClean;
        if (random.NextDouble() < SmoothedProbability)
            noise = Smoothed(noise, random);
        return (image + noise).MoveToOuterDisposeScope();
    }

    // What a camera's own noise reduction leaves: fine grain goes first, blotches of several pixels stay. As strong as before.
    private static Tensor Smoothed(Tensor noise, Random random)
    {
        var fine = nn.functional.pad(noise.unsqueeze(0), [BlurReach, BlurReach, BlurReach, BlurReach], PaddingModes.Reflect);
        fine = nn.functional.conv2d(fine, BlurKernel(DegradationSampler.Between(random, 0.4, 1.8)), groups: 3);
        var side = 2 << random.Next(3);                                         // pixels of a blotch
        var coarse = nn.functional.interpolate(
            nn.functional.avg_pool2d(noise.unsqueeze(0), side), size: [noise.shape[1], noise.shape[2]], mode: InterpolationMode.Bicubic, align_corners: false);
        var share = random.NextDouble() * MaxBlotchShare;
        var mixed = (fine / (Deviation(fine) + Tiny) * (1 - share) + coarse / (Deviation(coarse) + Tiny) * share).squeeze(0);
        return mixed * (Deviation(noise) / (Deviation(mixed) + Tiny));

        static Tensor Deviation(Tensor values) => values.square().mean().sqrt();
    }

    private static Tensor BlurKernel(double sigma)
    {
        using var scope = NewDisposeScope();
        var weights = (-arange(-BlurReach, BlurReach + 1, dtype: ScalarType.Float32).square() / (2 * sigma * sigma)).exp();
        var kernel = weights.unsqueeze(1) * weights.unsqueeze(0);
        return (kernel / kernel.sum()).view(1, 1, 2 * BlurReach + 1, 2 * BlurReach + 1).repeat(3, 1, 1, 1).MoveToOuterDisposeScope();
    }

    // Keeps one colour a pixel (RGGB) and interpolates the others bilinearly.
    private static Tensor Demosaic(Tensor linear)
    {
        var (height, width) = (linear.shape[1], linear.shape[2]);
        // RGGB: red, the two greens and blue of each 2x2 cell.
        var cell = tensor(new float[] { 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1 }).view(3, 2, 2);
        var mask = cell.repeat(1, height / 2, width / 2);                       // [3, H, W]
        var kernel = tensor(new[] { 0.25f, 0.5f, 0.25f, 0.5f, 1f, 0.5f, 0.25f, 0.5f, 0.25f }).view(1, 1, 3, 3).repeat(3, 1, 1, 1);
        var sums = nn.functional.conv2d((linear * mask).unsqueeze(0), kernel, padding: [1, 1], groups: 3);
        var weights = nn.functional.conv2d(mask.unsqueeze(0), kernel, padding: [1, 1], groups: 3);
        return (sums / weights).squeeze(0);
    }
}
