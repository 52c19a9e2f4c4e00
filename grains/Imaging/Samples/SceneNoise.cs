namespace Darkroom.Imaging.Samples;

/// <summary>Smooth random values over the plane, the same for the same seed.</summary>
internal sealed class SceneNoise(int seed)
{
    /// <summary>Gets a value of 0..1 that changes over a distance of about 1.</summary>
    internal double At(double x, double y)
    {
        var (cellX, cellY) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (u, v) = (Ease(x - cellX), Ease(y - cellY));
        var top = Blend(Corner(cellX, cellY), Corner(cellX + 1, cellY), u);
        var bottom = Blend(Corner(cellX, cellY + 1), Corner(cellX + 1, cellY + 1), u);
        return Blend(top, bottom, v);
    }

    /// <summary>Gets a value of 0..1 with detail at several scales, each half as strong and twice as fine as the one before.</summary>
    internal double Rough(double x, double y, int scales)
    {
        var (sum, weight, total) = (0.0, 1.0, 0.0);
        for (var i = 0; i < scales; i++)
        {
            sum += weight * At(x + (37.7 * i), y + (91.3 * i));
            total += weight;
            (x, y, weight) = (2 * x, 2 * y, weight / 2);
        }

        return sum / total;
    }

    private static double Ease(double t) => t * t * (3 - (2 * t));

    private static double Blend(double a, double b, double t) => a + (t * (b - a));

    // A hash of the cell (the finaliser of MurmurHash3).
    private double Corner(int x, int y)
    {
        var h = (uint)((x * 374761393) + (y * 668265263) + (seed * 974711));
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        return (h ^ (h >> 16)) / (double)uint.MaxValue;
    }
}
