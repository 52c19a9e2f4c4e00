using System.Globalization;

namespace Darkroom.Models.Describers;

/// <summary>LLMRA's three questions, and the sentences that answer them.</summary>
/// <remarks>Jin et al. 2024, arXiv:2401.11401, Fig. 1 and section 4.3.</remarks>
public static class DegradationSentences
{
    /// <summary>What the describer is asked (Fig. 1).</summary>
    public const string Questions =
        "Describe the lighting, if there are areas in the image that are dark; Describe if there is rain streaks degradation in this image; Describe if this image have gaussian noise degradation and the noise level.";

    /// <summary>Noise below this standard deviation (levels of 0..255) is not called noise.</summary>
    public const double NoiseThreshold = 1.5;

    /// <summary>Gets what is said of a picture with which nothing is wrong.</summary>
    public static string NothingWrong { get; } = $"{Lighting(false)} {Rain(false)} {Noise(0)}";

    /// <summary>Answers the question about light.</summary>
    /// <param name="isDark">Whether the picture is under-exposed.</param>
    public static string Lighting(bool isDark) => isDark ? "The image is dark." : "The image is well lit.";

    /// <summary>Answers the question about rain.</summary>
    /// <param name="isRainy">Whether there are rain streaks.</param>
    public static string Rain(bool isRainy) =>
        isRainy ? "Yes, there are rain streaks degradation." : "No rain streaks detected.";

    /// <summary>Answers the question about noise.</summary>
    /// <param name="sigma">Standard deviation of the noise, in levels of 0..255.</param>
    public static string Noise(double sigma)
    {
        if (sigma < NoiseThreshold)
            return "No noise detected.";
        var level = sigma switch { < 10 => "very low", < 20 => "low", < 35 => "medium", _ => "high" };
        var number = Math.Min(99, Math.Round(sigma)).ToString(CultureInfo.InvariantCulture);
        return $"Yes, the image has gaussian noise degradation and the noise level is {level}, about {number}.";
    }
}
