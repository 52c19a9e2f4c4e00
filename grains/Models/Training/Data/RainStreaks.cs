using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>Draws rain: sparse bright drops smeared along the direction of fall.</summary>
public static class RainStreaks
{
    private const int MaxLength = 33;

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
        var layerCount = 1 + random.Next(2);                                    // near and far rain
        var angle = DegradationSampler.Between(random, -0.6, 0.6);              // radians from the vertical
        for (var index = 0; index < layerCount; index++)
        {
            var length = random.Next(9, MaxLength + 1) | 1;
            var thickness = DegradationSampler.Between(random, 0.5, 1.3);
            var density = DegradationSampler.Between(random, 0.002, 0.012) * (0.4 + strength);
            var brightness = DegradationSampler.Between(random, 0.35, 0.9) * (0.4 + 0.6 * strength);

            var drops = (rand(1, 1, height, width, generator: generator) < density).to(ScalarType.Float32)
                * rand(1, 1, height, width, generator: generator);
            var kernel = StreakKernel(length, angle + DegradationSampler.Between(random, -0.08, 0.08), thickness);
            layer = layer + brightness * nn.functional.conv2d(drops, kernel, padding: [length / 2, length / 2]).clamp(0, 1);
        }

        return layer.squeeze(0).MoveToOuterDisposeScope();
    }

    // A line through the centre with a Gaussian cross-section; its peak is 1, so a drop keeps its brightness along the streak.
    private static Tensor StreakKernel(int length, double angle, double thickness)
    {
        var values = new float[length * length];
        var centre = length / 2;
        var (sin, cos) = Math.SinCos(angle);
        for (var y = 0; y < length; y++)
        {
            for (var x = 0; x < length; x++)
            {
                var (dx, dy) = (x - centre, y - centre);
                var across = dx * cos - dy * sin;
                var along = dx * sin + dy * cos;
                var fade = Math.Max(0, 1 - Math.Abs(along) / (centre + 0.5));
                values[y * length + x] = (float)(Math.Exp(-across * across / (2 * thickness * thickness)) * Math.Sqrt(fade));
            }
        }

        return tensor(values).view(1, 1, length, length);
    }
}
