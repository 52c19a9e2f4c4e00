using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Runs;

/// <summary>What a user can set for one run.</summary>
/// <param name="Strength">How much of the restored picture is taken, 0..1; the rest is the input. 0 gives the input back.</param>
/// <param name="Seed">Seed of all noise of the run.</param>
/// <param name="Steps">Number of denoising steps, or null for the pipeline's default.</param>
/// <param name="GuidanceScale">Weight of classifier-free guidance (1 = off), or null for the pipeline's default.</param>
/// <param name="Region">The part of the picture that may change, or null for all of it.</param>
/// <param name="Scheduler">The update rule, such as <c>unipc</c> or <c>ddpm</c>, or null for the pipeline's default.</param>
/// <param name="Gain">The digital gain of a RAW file, or null for the automatic one.</param>
/// <param name="ImageGuidanceScale">Weight of the picture in pipelines whose guidance has two (MGIE), or null for the pipeline's default.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RestorationSettings")]
public sealed record RestorationSettings(
    [property: Id(0)] double Strength = 1,
    [property: Id(1)] ulong Seed = 0,
    [property: Id(2)] int? Steps = null,
    [property: Id(3)] double? GuidanceScale = null,
    [property: Id(4)] RestorationRegion? Region = null,
    [property: Id(5)] string? Scheduler = null,
    [property: Id(6)] double? Gain = null,
    [property: Id(7)] double? ImageGuidanceScale = null)
{
    /// <summary>The largest number of steps that is accepted.</summary>
    public const int MaxSteps = 1000;

    /// <summary>The largest guidance scale that is accepted.</summary>
    public const double MaxGuidanceScale = 100;

    /// <summary>The largest digital gain that is accepted.</summary>
    public const double MaxGain = 10_000;

    private const int MaxSchedulerLength = 32;

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidRequestException">A value is out of range.</exception>
    public void Validate()
    {
        if (!(Strength >= 0 && Strength <= 1))
            throw new InvalidRequestException($"Strength is {Strength}; allowed are 0 to 1.");
        if (Steps is < 1 or > MaxSteps)
            throw new InvalidRequestException($"Steps is {Steps}; allowed are 1 to {MaxSteps}.");
        if (GuidanceScale is { } scale && !(scale >= 0 && scale <= MaxGuidanceScale))
            throw new InvalidRequestException($"GuidanceScale is {scale}; allowed are 0 to {MaxGuidanceScale}.");
        if (ImageGuidanceScale is { } imageScale && !(imageScale >= 0 && imageScale <= MaxGuidanceScale))
            throw new InvalidRequestException($"ImageGuidanceScale is {imageScale}; allowed are 0 to {MaxGuidanceScale}.");
        if (Gain is { } gain && !(gain > 0 && gain <= MaxGain))
            throw new InvalidRequestException($"Gain is {gain}; allowed are more than 0 to {MaxGain}.");
        Region?.Validate();
        if (Scheduler is { } name && (name.Length is 0 or > MaxSchedulerLength || !name.All(c => char.IsAsciiLetterLower(c) || c == '-')))
            throw new InvalidRequestException($"Scheduler has {name.Length} characters; allowed are 1 to {MaxSchedulerLength} lower-case letters and '-'.");
    }
}
