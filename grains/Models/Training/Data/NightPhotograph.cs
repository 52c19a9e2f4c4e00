using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>A photograph as a RAW file taken in the dark would have it, amplified: what DarkDiff learns from.</summary>
/// <remarks>
/// Brooks et al. 2019, arXiv:1811.11127, section 3: tone curve and colour matrix are undone, and each sensor colour counts photons
/// (Poisson) and is read with Gaussian noise; then the RAW front end's steps follow: black level, gain, white balance, the mean of the two
/// greens, highlights clipped. The pipeline's own front end (Imaging) does the same to files; a test holds the two together.
/// </remarks>
/// <param name="Noisy">Linear camera colours, [3, H, W], at most 1; noise below 0 stays.</param>
/// <param name="Clean">The same without noise.</param>
public sealed record NightPhotograph(Tensor Noisy, Tensor Clean)
{
    private const double ToneExponent = 2.2;
    private const double MinPhotons = 2000;                                     // that fill a pixel
    private const double MaxPhotons = 12_000;
    private const double WhiteLevel = 15_871;                                   // of 14 bits, above the black level of 512

    /// <summary>Takes the photograph.</summary>
    /// <param name="picture">sRGB in 0..1, [3, H, W]; each pixel becomes a cell of the mosaic.</param>
    /// <param name="ratio">By how much the light is reduced, and amplified again; at least 1.</param>
    /// <param name="random">Draws the camera.</param>
    /// <param name="generator">Draws the noise.</param>
    /// <returns>In the caller's dispose scope.</returns>
    public static NightPhotograph Take(Tensor picture, double ratio, Random random, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ratio, 1);
        using var scope = NewDisposeScope();
        var linear = picture.clamp(0, 1).pow(ToneExponent);
        var camera = CameraColours(random).matmul(linear.flatten(1)).view(picture.shape).clamp(0, 1);
        var balance = tensor(new[]
        {
            (float)DegradationSampler.Between(random, 1.3, 2.4), 1f, (float)DegradationSampler.Between(random, 1.2, 2.2),
        }).view(3, 1, 1);
        var light = camera / balance / ratio;

        var photons = DegradationSampler.Between(random, MinPhotons, MaxPhotons);
        var readDeviation = RainStreaks.LogUniform(random, 1, 8) / WhiteLevel;
        var (one, other) = (Read(light), Read(light));
        var keepsBoth = tensor(new float[] { 0, 1, 0 }).view(3, 1, 1);          // two of four pixels of a cell are green
        var read = one + ((other - one) * (keepsBoth / 2));
        var amplified = (read * balance * ratio).clamp_max(1);
        return new NightPhotograph(amplified.MoveToOuterDisposeScope(), camera.MoveToOuterDisposeScope());

        Tensor Read(Tensor seen)
        {
            var counted = poisson(seen * photons, generator) / photons;
            var noisy = counted + (randn(seen.shape, generator: generator) * readDeviation);
            return (noisy * WhiteLevel).round() / WhiteLevel;                   // the converter's steps
        }
    }

    // Each colour of a sensor sees some of its neighbours'; white stays white.
    private static Tensor CameraColours(Random random)
    {
        var rows = new float[9];
        for (var row = 0; row < 3; row++)
        {
            var own = DegradationSampler.Between(random, 0.55, 0.85);
            var left = DegradationSampler.Between(random, 0.3, 0.7);
            rows[(3 * row) + row] = (float)own;
            rows[(3 * row) + ((row + 1) % 3)] = (float)((1 - own) * left);
            rows[(3 * row) + ((row + 2) % 3)] = (float)((1 - own) * (1 - left));
        }

        return tensor(rows).view(3, 3);
    }
}
