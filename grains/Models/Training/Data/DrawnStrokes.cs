namespace Darkroom.Models.Training.Data;

/// <summary>Draws grass, hair, fences: many lines in a part of a picture, which are not rain.</summary>
/// <remarks>They are opaque, darker or brighter than what they cover, mostly coloured, and of any direction.</remarks>
public static class DrawnStrokes
{
    private const int MaxStrokes = 3000;

    private static readonly double[] DirectionSpreads = [0.02, 0.1, 0.3, 0.6];  // radians
    private static readonly double[] Widths = [0.5, 1, 1, 1.5, 2, 3];           // pixels

    /// <summary>Draws strokes into a picture.</summary>
    /// <param name="pixels">sRGB in 0..1, channel by channel, 3 * size * size; changed.</param>
    /// <param name="size">Side (pixels).</param>
    /// <param name="random">Draws all there is to choose.</param>
    public static void Draw(Span<float> pixels, int size, Random random)
    {
        var (left, top) = (DegradationSampler.Between(random, -0.3, 0.7) * size, DegradationSampler.Between(random, -0.3, 0.7) * size);
        var (width, height) = (DegradationSampler.Between(random, 0.3, 1.3) * size, DegradationSampler.Between(random, 0.3, 1.3) * size);
        if (random.Next(3) == 0)
            (left, top, width, height) = (0, 0, size, size);
        // Those near the vertical are the ones to be taken for rain.
        var reach = random.Next(3) == 0 ? Math.PI / 2 : 0.6;
        var angle = DegradationSampler.Between(random, -reach, reach);
        var spread = DirectionSpreads[random.Next(DirectionSpreads.Length)];
        var length = Math.Exp(DegradationSampler.Between(random, Math.Log(8), Math.Log(120)));
        var period = random.Next(3) == 0 ? DegradationSampler.Between(random, 3, 24) : 0;   // a fence
        var isGrey = random.Next(2) == 0;
        double[] colour = [.. Enumerable.Range(0, 3).Select(_ => DegradationSampler.Between(random, 0.1, 0.9))];
        if (isGrey)
            (colour[1], colour[2]) = (colour[0], colour[0]);

        var count = Math.Min(MaxStrokes, (int)(width * height / length / DegradationSampler.Between(random, 1.5, 12)));
        for (var index = 0; index < count; index++)
        {
            var x = left + random.NextDouble() * width;
            if (period > 0)
                x = left + Math.Round((x - left) / period) * period;
            var y = top + random.NextDouble() * height;
            var shade = Normal(random) * 0.14;
            Stroke(pixels, size, x, y, angle + spread * Normal(random), length * DegradationSampler.Between(random, 0.5, 1.3) / 2,
                Widths[random.Next(Widths.Length)] / 2, [.. colour.Select(value => (float)Math.Clamp(value + shade + 0.03 * Normal(random), 0, 1))]);
        }
    }

    private static void Stroke(
        Span<float> pixels, int size, double centreX, double centreY, double angle, double halfLength, double halfWidth, ReadOnlySpan<float> colour)
    {
        var (sin, cos) = Math.SinCos(angle);
        var reachX = Math.Abs(halfLength * sin) + halfWidth + 1;
        var reachY = Math.Abs(halfLength * cos) + halfWidth + 1;
        for (var y = Math.Max(0, (int)(centreY - reachY)); y <= Math.Min(size - 1, (int)(centreY + reachY)); y++)
        {
            for (var x = Math.Max(0, (int)(centreX - reachX)); x <= Math.Min(size - 1, (int)(centreX + reachX)); x++)
            {
                var across = Math.Abs((x - centreX) * cos - (y - centreY) * sin);
                var along = Math.Abs((x - centreX) * sin + (y - centreY) * cos);
                // The share of the pixel that the line covers, nearly.
                var cover = (float)(Math.Clamp(halfWidth + 0.5 - across, 0, 1) * Math.Clamp(halfLength + 0.5 - along, 0, 1));
                if (cover == 0)
                    continue;
                for (var channel = 0; channel < 3; channel++)
                {
                    ref var pixel = ref pixels[(channel * size + y) * size + x];
                    pixel += cover * (colour[channel] - pixel);
                }
            }
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
