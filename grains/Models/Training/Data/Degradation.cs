namespace Darkroom.Models.Training.Data;

/// <summary>How noise comes into a training picture.</summary>
public enum NoiseKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>White Gaussian noise on sRGB values.</summary>
    Gaussian,

    /// <summary>Photon and read noise before demosaicing and tone curve, then JPEG: correlated and signal-dependent.</summary>
    Camera,
}

/// <summary>What is wrong with one training picture.</summary>
/// <param name="Exposure">Factor on linear light: 1 leaves it, 1/16 is four stops under.</param>
/// <param name="Rain">Strength of the rain streaks, 0 (none) to 1.</param>
/// <param name="Noise">Kind of noise.</param>
/// <param name="NoiseLevel">Gaussian: standard deviation in levels of 0..255. Camera: the same for mid-grey, before the tone curve.</param>
public sealed record Degradation(double Exposure, double Rain, NoiseKind Noise, double NoiseLevel)
{
    /// <summary>Gets what the darkness does to the values. Default: a shorter exposure and nothing else.</summary>
    public DarkTone Tone { get; init; } = Exposure < 1 ? DarkTone.OfExposure(Exposure) : DarkTone.None;

    /// <summary>Gets whether the picture has no colour; its noise then has none either. Default: false.</summary>
    public bool IsGrey { get; init; }

    /// <summary>Gets whether the picture is under-exposed.</summary>
    public bool IsDark => Exposure < 1;

    /// <summary>Gets whether it has rain streaks.</summary>
    public bool IsRainy => Rain > 0;

    /// <summary>Gets whether it has noise.</summary>
    public bool IsNoisy => Noise != NoiseKind.None;
}
