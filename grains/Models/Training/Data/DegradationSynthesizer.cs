using Darkroom.Models.Llmra;
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
/// <param name="Gain">Gain that gives the target's brightness, as for <see cref="ToneCurve.Apply"/>, [3, 1, 1].</param>
/// <param name="Shoulder">Shoulder that goes with it, [3, 1, 1].</param>
/// <param name="Brightening">Factor on the mean of the degraded sRGB values that gives the target's.</param>
public sealed record DegradedPatch(Tensor Degraded, Tensor Target, Tensor Overview, double NoiseSigma, Tensor Gain, Tensor Shoulder, double Brightening);

/// <summary>Makes degraded patches from clean ones: rain falls in the scene, then there is little light, then the sensor adds noise.</summary>
public static class DegradationSynthesizer
{
    private const double SmallestMean = 0.004;                                  // one level
    private const double MaxBrightening = ToneCurve.MaxGain;
    private const int Green = 1;
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
        if (degradation.IsGrey)
            (clean, overview) = (Grey(clean.mean([0], keepdim: true)), Grey(overview.mean([0], keepdim: true)));
        var (rainy, farAway) = degradation.IsRainy
            ? Rainfall.Fall(clean, overview, degradation.Rain, random, generator)
            : (clean, overview);
        var dark = degradation.Tone.Darken(rainy);
        var degraded = AddNoise(dark, degradation, random, generator);
        if (degradation.IsGrey)
            degraded = Grey(degraded.narrow(0, Green, 1));
        var noise = degraded - dark;

        var scene = wish.Rain ? clean : rainy;
        var (gain, shoulder) = (wish.Exposure ? degradation.Tone : DarkTone.None).Inverse();
        gain = gain * wish.Gain;
        var target = Brighten(degradation.Tone.Darken(scene) + noise * wish.NoiseKept);
        var darkFarAway = degradation.Tone.Darken(farAway);
        var brightening = Brighten(darkFarAway).mean().ToDouble() / Math.Max(SmallestMean, darkFarAway.mean().ToDouble());

        return new DegradedPatch(
            degraded.contiguous().MoveToOuterDisposeScope(),
            target.clamp(0, 1).MoveToOuterDisposeScope(),
            darkFarAway.contiguous().MoveToOuterDisposeScope(),
            255 * noise.square().mean().sqrt().ToDouble(),
            gain.MoveToOuterDisposeScope(),
            shoulder.MoveToOuterDisposeScope(),
            Math.Clamp(brightening, 1 / MaxBrightening, MaxBrightening));

        Tensor Brighten(Tensor image) => ToneCurve.Apply(image, gain, shoulder);
    }

    private static Tensor Grey(Tensor channel) => channel.expand(3, -1, -1);

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
