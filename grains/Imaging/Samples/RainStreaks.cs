namespace Darkroom.Imaging.Samples;

/// <summary>Draws the light that falling drops leave during an exposure.</summary>
internal static class RainStreaks
{
    private const double ReferenceHeight = 512;   // streaks grow with the picture from this size

    /// <summary>Draws the layer to add, [height, width], 0 where there is no rain.</summary>
    internal static float[] Draw(int width, int height, double strength, int seed)
    {
        var layer = new float[width * height];
        var random = new Random(seed);
        var scale = Math.Max(height, width) / ReferenceHeight / 1.5;
        var wind = (random.NextDouble() - 0.5) * 0.7;   // slant: across for each down
        var count = (int)(strength * 900 * width * height / (ReferenceHeight * ReferenceHeight * 1.5) / Math.Max(scale * scale, 0.05));
        for (var i = 0; i < count; i++)
        {
            // Near drops are few, long, wide and bright.
            var nearness = Math.Pow(random.NextDouble(), 2);
            var length = scale * (12 + (46 * nearness)) * (0.7 + (0.6 * random.NextDouble()));
            var slant = wind + ((random.NextDouble() - 0.5) * 0.06);
            AddStreak(
                layer, width, height, random.NextDouble() * width, (random.NextDouble() * 1.1 * height) - (0.05 * height),
                length, slant, scale * (0.45 + (0.65 * nearness)), 0.16 + (0.30 * nearness) + (0.12 * random.NextDouble()));
        }

        return layer;
    }

    private static void AddStreak(float[] layer, int width, int height, double x, double y, double length, double slant, double radius, double light)
    {
        var down = length / Math.Sqrt(1 + (slant * slant));
        for (var row = Math.Max(0, (int)(y - (down / 2))); row < Math.Min(height, y + (down / 2)); row++)
        {
            var along = (row - y) / down;                          // -1/2 .. 1/2
            var fade = Math.Cos(Math.PI * Math.Clamp(along, -0.5, 0.5));
            var centre = x + (slant * (row - y));
            for (var column = Math.Max(0, (int)(centre - (3 * radius))); column <= Math.Min(width - 1, (int)(centre + (3 * radius) + 1)); column++)
            {
                var across = (column - centre) / radius;
                layer[(row * width) + column] += (float)(light * fade * Math.Exp(-across * across / 2));
            }
        }
    }
}
