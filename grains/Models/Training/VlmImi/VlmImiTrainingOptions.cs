using Darkroom.Models.Training.Loop;

namespace Darkroom.Models.Training.VlmImi;

/// <summary>What of VLM-IMI learns.</summary>
public enum VlmImiTrainingPart
{
    /// <summary>The paper's own training: IPFM and ControlNet learn, the rest is frozen (Eq. 4).</summary>
    Enhancement,

    /// <summary>UNet, text encoder and IPFM learn to denoise pictures in good light: the stand-in for Stable Diffusion where there is none.</summary>
    Base,

    /// <summary>The VAE, which stands in for Stable Diffusion's.</summary>
    Autoencoder,
}

/// <summary>How VLM-IMI is trained.</summary>
public sealed record VlmImiTrainingOptions : TrainingOptions
{
    /// <summary>Gets what learns. Default: enhancement, the paper's training.</summary>
    public VlmImiTrainingPart Part { get; init; }

    /// <summary>Gets the side of a training picture (pixels). Default: 512.</summary>
    public int PictureSize { get; init; } = 512;

    /// <summary>Gets a value indicating whether the ControlNet begins as a copy of the UNet that changes nothing yet, not as the checkpoint has it. Default: false.</summary>
    public bool StartsControlNet { get; init; }

    /// <summary>Gets the weight of the mean divergence of the VAE's latents from the normal distribution. Default: 0.001.</summary>
    public double DivergenceWeight { get; init; } = 1e-3;

    /// <summary>Gets the least light that is taken away, in stops. Default: 2.</summary>
    public double MinStops { get; init; } = 2;

    /// <summary>Gets the most light that is taken away, in stops. Default: 7.5.</summary>
    public double MaxStops { get; init; } = 7.5;

    /// <summary>Gets the strongest colour cast of the dark pictures: how much more or less red and blue there is than green, in stops. Default: 1.</summary>
    /// <remarks>The little light that there is at night is rarely white, and cameras do not balance it well.</remarks>
    public double MaxCast { get; init; } = 1;

    /// <summary>Gets the largest exponent on the dark pictures' values, beside the loss of light: shadows sink first. Default: 1.4.</summary>
    public double MaxExponent { get; init; } = 1.4;

    /// <summary>Gets the strongest camera noise of the dark pictures, in levels of 0..255. Default: 8.</summary>
    public double MaxNoise { get; init; } = 8;

    /// <summary>Gets the mean (sRGB, 0..1) under which a photograph is no example of good light. Default: 0.28.</summary>
    public double MinLitMean { get; init; } = 0.28;

    /// <summary>Gets the share of pictures without a caption, so that a run without an instruction is one that was trained for. Default: 0.1.</summary>
    public double EmptyCaptionShare { get; init; } = 0.1;

    /// <inheritdoc/>
    public override int SmallestPicture => PictureSize;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePictureSize(nameof(PictureSize), PictureSize);
        Require(DivergenceWeight is >= 0 and <= 1, nameof(DivergenceWeight), DivergenceWeight, "0 to 1");
        Require(MaxStops is >= 0 and <= 12, nameof(MaxStops), MaxStops, "0 to 12");
        Require(MinStops >= 0 && MinStops <= MaxStops, nameof(MinStops), MinStops, $"0 to {nameof(MaxStops)}, {MaxStops}");
        Require(MaxCast is >= 0 and <= 4, nameof(MaxCast), MaxCast, "0 to 4");
        Require(MaxExponent is >= 1 and <= 4, nameof(MaxExponent), MaxExponent, "1 to 4");
        Require(MaxNoise is >= 0 and <= 100, nameof(MaxNoise), MaxNoise, "0 to 100");
        Require(MinLitMean is >= 0 and < 1, nameof(MinLitMean), MinLitMean, "0 to below 1");
        Require(EmptyCaptionShare is >= 0 and <= 1, nameof(EmptyCaptionShare), EmptyCaptionShare, "0 to 1");
    }
}
