using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>A picture from afar, of which it is known whether it is under-exposed: what the tone estimator learns from.</summary>
/// <param name="Overview">What is seen, [3, S, S] float32.</param>
/// <param name="Lit">How it would be well exposed, [3, S, S] float32.</param>
/// <param name="IsDark">Whether it is under-exposed.</param>
public sealed record TonePicture(Tensor Overview, Tensor Lit, bool IsDark)
{
    private const double MinLitMean = 0.2;                                      // sRGB; a night scene is not made darker still
    private const int MaxAttempts = 50;
    private const double DimHighlightProbability = 0.4;
    private const double MinHighlight = 0.72;
    private const double MistProbability = 0.25;
    private const double MaxMist = 0.2;
    private const double MaxNoise = 4.0 / 255;                                  // what is left of noise in an average

    /// <summary>Draws a picture.</summary>
    /// <param name="tiles">Clean pictures.</param>
    /// <param name="random">Draws scene and light.</param>
    /// <param name="generator">Draws noise.</param>
    /// <returns>The picture; the caller disposes its tensors.</returns>
    public static TonePicture Draw(IReadOnlyList<TrainingTile> tiles, Random random, Generator generator)
    {
        using var scope = NewDisposeScope();
        var isDark = random.Next(2) == 1;
        var clean = tiles[random.Next(tiles.Count)].CropOverview(random);
        for (var attempt = 0; isDark && clean.mean().ToDouble() < MinLitMean && attempt < MaxAttempts; attempt++)
            clean = tiles[random.Next(tiles.Count)].CropOverview(random);

        // Not every well-lit picture reaches white.
        if (random.NextDouble() < DimHighlightProbability)
            clean = clean * DegradationSampler.Between(random, MinHighlight, 1);
        var seen = random.NextDouble() < MistProbability
            ? 1 - ((1 - clean) * (1 - DegradationSampler.Between(random, 0, MaxMist)))
            : clean;
        if (isDark)
            seen = DegradationSampler.NextDark(random).Tone.Darken(seen.clamp(0, 1));
        var noisy = seen + (randn(seen.shape, generator: generator) * (MaxNoise * random.NextDouble()));
        return new TonePicture(noisy.clamp(0, 1).MoveToOuterDisposeScope(), clean.MoveToOuterDisposeScope(), isDark);
    }
}
