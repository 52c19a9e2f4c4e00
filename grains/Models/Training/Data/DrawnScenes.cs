namespace Darkroom.Models.Training.Data;

/// <summary>Pictures that the project draws itself, so that training needs no photographs.</summary>
/// <remarks>
/// Dead leaves (Lee, Mumford, Huang 2001): opaque shapes whose sizes follow a power law have the edges and the spectrum of
/// natural pictures. Gradients and stripes inside the shapes add smooth shading and texture.
/// </remarks>
public static class DrawnScenes
{
    private const double MinRadius = 3;
    private const int ShapeCount = 900;

    /// <summary>Draws a scene.</summary>
    /// <param name="size">Side (pixels).</param>
    /// <param name="seed">Equal seeds give equal scenes.</param>
    /// <returns>sRGB bytes, channel by channel, 3 * size * size.</returns>
    public static byte[] Draw(int size, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[3 * size * size];
        Fill(pixels, size, random, 0, 0, size * 2.0, random.Next(2));
        for (var index = 0; index < ShapeCount; index++)
        {
            // Radii with density r^-3 between MinRadius and size / 3.
            var largest = size / 3.0;
            var share = random.NextDouble();
            var radius = 1 / Math.Sqrt((1 - share) / (largest * largest) + share / (MinRadius * MinRadius));
            Fill(pixels, size, random, random.Next(size), random.Next(size), radius, random.Next(3));
        }

        return pixels;
    }

    // shape: 0 disc, 1 rotated box, 2 ring-like stripe pattern inside a disc.
    private static void Fill(byte[] pixels, int size, Random random, int centreX, int centreY, double radius, int shape)
    {
        var colour = Colour(random);
        var other = Colour(random);
        var (sin, cos) = Math.SinCos(random.NextDouble() * Math.PI);
        var aspect = DegradationSampler.Between(random, 0.3, 1);
        var period = DegradationSampler.Between(random, 2.5, 24);
        var textured = random.NextDouble() < 0.35;
        var blend = random.NextDouble() * 0.8;
        var (left, right) = (Math.Max(0, (int)(centreX - radius)), Math.Min(size - 1, (int)(centreX + radius)));
        var (top, bottom) = (Math.Max(0, (int)(centreY - radius)), Math.Min(size - 1, (int)(centreY + radius)));
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (dx, dy) = (x - centreX, y - centreY);
                var along = dx * cos + dy * sin;
                var across = -dx * sin + dy * cos;
                var inside = shape == 1
                    ? Math.Abs(along) < radius * 0.7 && Math.Abs(across) < radius * 0.7 * aspect
                    : along * along + across * across / (aspect * aspect) < radius * radius;
                if (!inside)
                    continue;
                var shade = blend * (0.5 + 0.5 * along / radius);
                if (textured)
                    shade = Math.Clamp(shade + 0.25 * Math.Sin(across * 2 * Math.PI / period), 0, 1);
                for (var channel = 0; channel < 3; channel++)
                    pixels[(channel * size + y) * size + x] = (byte)(255 * (colour[channel] + (other[channel] - colour[channel]) * shade) + 0.5);
            }
        }
    }

    // Mostly dull colours, as in nature: a grey with a small tint, now and then a strong one.
    private static double[] Colour(Random random)
    {
        var grey = random.NextDouble();
        var tint = random.NextDouble() < 0.2 ? 0.5 : 0.12;
        return [.. Enumerable.Range(0, 3).Select(_ => Math.Clamp(grey + tint * (2 * random.NextDouble() - 1), 0, 1))];
    }
}
