using static TorchSharp.torch;

namespace Darkroom.Models.Describers;

/// <summary>Looks at a picture and says what is wrong with it (LLMRA, Eq. 1: the answers to its three questions).</summary>
public interface IImageDescriber
{
    /// <summary>Describes a picture.</summary>
    /// <param name="overview">The whole picture, scaled down, [1, 3, h, w] float32, sRGB in 0..1.</param>
    /// <param name="patches">Pieces at full resolution, spread over the picture, [N, 3, <see cref="PatchSize"/>, <see cref="PatchSize"/>] float32, sRGB in 0..1; N is at least 1.</param>
    /// <returns>What was measured, and the sentences.</returns>
    ImageDescription Describe(Tensor overview, Tensor patches);

    /// <summary>Gets the side of a patch (pixels).</summary>
    int PatchSize { get; }

    /// <summary>Gets the longest side that the overview should have at least (pixels); 0 if any will do.</summary>
    int OverviewSize => 0;
}

/// <summary>What a describer measured and said.</summary>
/// <param name="NoiseSigma">Standard deviation of the noise, in levels of 0..255; NaN if it was not measured.</param>
/// <param name="RainProbability">How sure the describer is that there are rain streaks, 0..1.</param>
/// <param name="DarknessProbability">How sure the describer is that the picture is under-exposed, 0..1.</param>
/// <param name="Lighting">The sentence about light.</param>
/// <param name="Rain">The sentence about rain.</param>
/// <param name="Noise">The sentence about noise.</param>
public sealed record ImageDescription(
    double NoiseSigma, double RainProbability, double DarknessProbability, string Lighting, string Rain, string Noise)
{
    /// <summary>Gets what a user is told beside the sentences, such as who failed to give better ones; empty for nothing.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>Gets the three sentences as one text, as LLMRA's Figure 1 gives them.</summary>
    public string Text => $"{Lighting} {Rain} {Noise}";
}
