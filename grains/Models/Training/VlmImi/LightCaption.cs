using Darkroom.Models.Describers;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.VlmImi;

/// <summary>Says of a picture in good light how bright and of what colours it is, for want of a large vision-language model.</summary>
/// <remarks>
/// The paper's captions come from LLaVA (Sun et al. 2025, VLM-IMI, section 3.1). Here half of them are such sentences; the others are
/// what the built-in describer says of the dark picture, which is what a session steers by at first, and of the bright one, which is
/// what the next round of Algorithm 2 steers by.
/// </remarks>
public static class LightCaption
{
    private const double DescribedDarkShare = 0.35;
    private const double DescribedBrightShare = 0.1;

    private static readonly (double Below, string Word)[] Brightness =
        [(0.2, "dark"), (0.35, "dim"), (0.5, "well lit"), (0.62, "bright"), (double.PositiveInfinity, "very bright")];

    /// <summary>Draws the caption of a pair.</summary>
    /// <param name="clean">sRGB in 0..1, [3, H, W].</param>
    /// <param name="noiseSigma">Noise of the dark picture, in levels of 0..255.</param>
    /// <param name="emptyShare">Share of pictures with an empty caption.</param>
    /// <param name="random">Draws.</param>
    public static string Draw(Tensor clean, double noiseSigma, double emptyShare, Random random)
    {
        if (random.NextDouble() < emptyShare)
            return string.Empty;
        return random.NextDouble() switch
        {
            < DescribedDarkShare => Sentences(isDark: true, noiseSigma),
            < DescribedDarkShare + DescribedBrightShare => Sentences(isDark: false, sigma: 0),
            _ => Describe(clean, random),
        };
    }

    /// <summary>Describes a picture: brightness, temperature of its light, strength of its colours.</summary>
    /// <param name="clean">sRGB in 0..1, [3, H, W].</param>
    /// <param name="random">Chooses words.</param>
    public static string Describe(Tensor clean, Random random)
    {
        using var scope = NewDisposeScope();
        var means = clean.mean([1, 2]).to(ScalarType.Float64).data<double>().ToArray();
        var (red, green, blue) = (means[0], means[1], means[2]);
        var luma = (0.299 * red) + (0.587 * green) + (0.114 * blue);
        var spread = (clean.amax(0) - clean.amin(0)).mean().ToDouble();
        var bright = Array.Find(Brightness, step => luma < step.Below).Word;
        var light = (red - blue) switch { > 0.08 => "warm", < -0.08 => "cool", _ => "neutral" };
        var colours = spread switch { > 0.25 => "vivid", < 0.08 => "grey", _ => "natural" };
        return random.Next(4) switch
        {
            0 => $"a {bright} picture in {light} light",
            1 => $"{bright}, {light} light, {colours} colours",
            2 => $"The image is {bright}. The light is {light} and the colours are {colours}.",
            _ => $"{bright}",
        };
    }

    private static string Sentences(bool isDark, double sigma) =>
        $"{DegradationSentences.Lighting(isDark)} {DegradationSentences.Rain(false)} {DegradationSentences.Noise(sigma)}";
}
