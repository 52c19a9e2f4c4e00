using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>Which degradations a text asks to take away; the others are to stay.</summary>
/// <param name="Exposure">Whether the light is to be corrected.</param>
/// <param name="Rain">Whether the rain is to go.</param>
/// <param name="NoiseKept">Share of the noise that is to stay, 0 (none) to 1 (all).</param>
/// <param name="Gain">Factor on sRGB values that is asked for on top, 1 for none.</param>
public sealed record Wish(bool Exposure, bool Rain, double NoiseKept, double Gain = 1)
{
    /// <summary>Gets the wish that everything be taken away.</summary>
    public static Wish Everything { get; } = new(true, true, 0);
}

/// <summary>A degraded patch with what a wish makes of it.</summary>
/// <param name="Degraded">[3, H, W] float32.</param>
/// <param name="Target">[3, H, W] float32 in 0..1.</param>
/// <param name="Overview">What the whole degraded picture looks like from afar, [3, S, S] float32.</param>
/// <param name="NoiseSigma">Measured standard deviation of the noise in levels of 0..255.</param>
/// <param name="Gain">Factor on the degraded sRGB values that gives the target's brightness.</param>
public sealed record DegradedPatch(Tensor Degraded, Tensor Target, Tensor Overview, double NoiseSigma, double Gain);

/// <summary>Makes degraded patches from clean ones: rain falls in the scene, then there is little light, then the sensor adds noise.</summary>
public static class DegradationSynthesizer
{
    private const double ToneExponent = 2.2;
    private const double JpegProbability = 0.7;

    /// <summary>Degrades a patch.</summary>
    /// <param name="clean">sRGB in 0..1, [3, H, W] float32; sides are multiples of 8.</param>
    /// <param name="overview">The clean picture that the patch is from, scaled down, [3, S, S] float32.</param>
    /// <param name="degradation">What goes wrong.</param>
    /// <param name="wish">What the text asks for.</param>
    /// <param name="random">Draws parameters.</param>
    /// <param name="generator">Draws noise.</param>
    /// <returns>The patch; the caller disposes its tensors.</returns>
    public static DegradedPatch Apply(Tensor clean, Tensor overview, Degradation degradation, Wish wish, Random random, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)clean.shape[1], (int)clean.shape[2]);
        var streaks = degradation.IsRainy
            ? RainStreaks.Draw(height, width, degradation.Rain, random, generator)
            : zeros(1, height, width);
        var rainy = Screen(clean, streaks);
        // Exposure in linear light is, with a power-law tone curve, a factor on the sRGB values.
        var factor = Math.Pow(degradation.Exposure, 1 / ToneExponent);
        var dark = rainy * factor;
        var degraded = AddNoise(dark, degradation, random, generator);
        var noise = degraded - dark;

        var scene = wish.Rain ? clean : rainy;
        var light = wish.Exposure ? 1 : factor;
        var target = scene * light + noise * (light / factor) * wish.NoiseKept;
        var farAway = Screen(overview, streaks.mean().view(1, 1, 1)) * factor;

        return new DegradedPatch(
            degraded.MoveToOuterDisposeScope(),
            (target * wish.Gain).clamp(0, 1).MoveToOuterDisposeScope(),
            farAway.MoveToOuterDisposeScope(),
            255 * noise.square().mean().sqrt().ToDouble(),
            light / factor * wish.Gain);
    }

    private static Tensor Screen(Tensor image, Tensor light) => 1 - (1 - image) * (1 - light.clamp(0, 1));

    private static Tensor AddNoise(Tensor image, Degradation degradation, Random random, Generator generator)
    {
        switch (degradation.Noise)
        {
            case NoiseKind.Gaussian:
                // Neither clipped nor rounded, as the published tests do it.
                return image + randn(image.shape, generator: generator) * (degradation.NoiseLevel / 255);
            case NoiseKind.Camera:
                var noisy = CameraNoise.Apply(image, degradation.NoiseLevel, random, generator).clamp(0, 1);
                if (random.NextDouble() < JpegProbability)
                    noisy = JpegArtifacts.Apply(noisy, random.Next(80, 99)).clamp(0, 1);
                return (noisy * 255).round() / 255;
            default:
                return image;
        }
    }
}
