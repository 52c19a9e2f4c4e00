using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>Draws rain: bright drops smeared along the direction of fall, in one to three layers of one direction.</summary>
/// <remarks>
/// Two looks: single drops of some length and width, as a camera sees near rain, and smeared noise, as far rain looks and as
/// painted rain is made. Now and then it is heavier in one part of the picture than in another, and misty there.
/// </remarks>
public static class RainStreaks
{
    private const double SmearedProbability = 0.4;
    private const double PatchyProbability = 0.35;
    private const double SlantedProbability = 0.1;
    private const double MaxAngle = 0.6;                                        // radians from the vertical
    private const double MaxSlant = 0.9;
    private const int MaxLayers = 3;
    private const double MaxMist = 0.12;                                        // where the rain is heaviest

    /// <summary>Draws a layer of streaks.</summary>
    /// <param name="height">Height (pixels).</param>
    /// <param name="width">Width (pixels).</param>
    /// <param name="strength">0..1: how dense and bright.</param>
    /// <param name="random">Draws length, angle and density.</param>
    /// <param name="generator">Draws the drops.</param>
    /// <returns>What is added to the picture's sRGB values, [1, height, width], 0 or more; the caller disposes it.</returns>
    public static Tensor Draw(int height, int width, double strength, Random random, Generator generator)
    {
        using var scope = NewDisposeScope();
        var layer = zeros(1, 1, height, width);
        var layerCount = 1 + random.Next(MaxLayers);                            // near and far rain
        var slant = random.NextDouble() < SlantedProbability ? MaxSlant : MaxAngle;
        var angle = DegradationSampler.Between(random, -slant, slant);
        var isSmeared = random.NextDouble() < SmearedProbability;
        for (var index = 0; index < layerCount; index++)
        {
            var direction = angle + DegradationSampler.Between(random, -0.08, 0.08);
            layer = layer + (isSmeared
                ? Smeared(height, width, strength, direction, random, generator)
                : Drops(height, width, strength, direction, random, generator));
        }

        if (random.NextDouble() < PatchyProbability)
        {
            var dry = Cloud(height, width, DegradationSampler.Between(random, 0.5, 0.95), random, generator);
            layer = (layer + DegradationSampler.Between(random, 0, MaxMist) * strength) * (1 - dry);
        }

        return layer.squeeze(0).MoveToOuterDisposeScope();
    }

    private static Tensor Drops(int height, int width, double strength, double angle, Random random, Generator generator)
    {
        var length = LogUniform(random, 4, 60);
        var thickness = LogUniform(random, 0.45, 2);
        var coverage = LogUniform(random, 0.015, 0.3) * (0.4 + 0.6 * strength); // share of the picture
        var brightness = DegradationSampler.Between(random, 0.25, 0.95) * (0.4 + 0.6 * strength);
        var density = coverage / (2 * length * thickness);
        var drops = (rand(1, 1, height, width, generator: generator) < density).to(ScalarType.Float32)
            * rand(1, 1, height, width, generator: generator).pow(DegradationSampler.Between(random, 0.3, 1.5));
        var isFading = random.NextDouble() < 0.7;
        return brightness * Smear(drops, StreakKernel(length, angle, thickness, isFading)).clamp(0, 1);
    }

    private static Tensor Smeared(int height, int width, double strength, double angle, Random random, Generator generator)
    {
        var length = LogUniform(random, 9, 80);
        var thickness = LogUniform(random, 0.4, 1.4);
        var threshold = DegradationSampler.Between(random, 0, 1.8);             // in standard deviations: how many drops there are
        var drops = (randn([1, 1, height, width], generator: generator) - threshold).relu();
        var smeared = Smear(drops, StreakKernel(length, angle, thickness, isFading: false));
        smeared = (smeared - smeared.mean() * random.NextDouble()).relu();
        var brightness = DegradationSampler.Between(random, 0.15, 0.5) * (0.4 + 0.6 * strength);
        return brightness * (smeared / (2 * smeared.std() + 1e-6)).clamp(0, 1.5);
    }

    /// <summary>A few random values, interpolated: smooth, 0 to depth, [1, 1, height, width].</summary>
    internal static Tensor Cloud(int height, int width, double depth, Random random, Generator generator) =>
        nn.functional.interpolate(
            depth * rand(1, 1, 2 + random.Next(3), 2 + random.Next(3), generator: generator),
            size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    private static Tensor Smear(Tensor drops, Tensor kernel) =>
        nn.functional.conv2d(drops, kernel, padding: [kernel.shape[2] / 2, kernel.shape[3] / 2]);

    /// <summary>A line through the centre with a Gaussian cross-section; its peak is 1, so a drop keeps its brightness along the streak.</summary>
    internal static Tensor StreakKernel(double length, double angle, double thickness, bool isFading)
    {
        const int Margin = 3;                                                   // pixels, room for the cross-section
        var (sin, cos) = Math.SinCos(angle);
        var (halfWidth, halfHeight) = ((int)(length / 2 * Math.Abs(sin)) + Margin, (int)(length / 2 * cos) + Margin);
        var (width, height) = (2 * halfWidth + 1, 2 * halfHeight + 1);
        var values = new float[height * width];
        for (var index = 0; index < values.Length; index++)
        {
            var (y, x) = Math.DivRem(index, width);
            var across = (x - halfWidth) * cos - (y - halfHeight) * sin;
            var along = (x - halfWidth) * sin + (y - halfHeight) * cos;
            var share = 1 - Math.Abs(along) / (length / 2 + 0.5);
            var fade = share <= 0 ? 0 : isFading ? Math.Sqrt(share) : 1;
            values[index] = (float)(Math.Exp(-across * across / (2 * thickness * thickness)) * fade);
        }

        return tensor(values).view(1, 1, height, width);
    }

    internal static double LogUniform(Random random, double from, double to) =>
        Math.Exp(DegradationSampler.Between(random, Math.Log(from), Math.Log(to)));
}
