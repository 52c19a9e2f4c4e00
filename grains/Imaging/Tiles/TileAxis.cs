namespace Darkroom.Imaging.Tiles;

/// <summary>The tiles of one axis and their blend weights, which sum to 1 at every pixel.</summary>
internal sealed class TileAxis
{
    private TileAxis(int tileLength, int[] starts, float[][] weights)
    {
        TileLength = tileLength;
        Starts = starts;
        Weights = weights;
    }

    /// <summary>Gets the length of each tile (pixels).</summary>
    internal int TileLength { get; }

    /// <summary>Gets the first pixel of each tile.</summary>
    internal int[] Starts { get; }

    /// <summary>Gets each tile's weights, one a pixel of the tile.</summary>
    internal float[][] Weights { get; }

    internal static TileAxis Create(int length, int tileLength, int overlap, int multiple)
    {
        if (length <= tileLength)
        {
            // One tile, as small as the multiple lets it be.
            var padded = (length + multiple - 1) / multiple * multiple;
            return new TileAxis(padded, [0], [Enumerable.Repeat(1f, padded).ToArray()]);
        }

        // The last tile is not smaller: all are spread evenly, so that neighbours share at least the overlap.
        var count = 1 + (int)Math.Ceiling((length - tileLength) / (double)(tileLength - overlap));
        var starts = new int[count];
        for (var i = 0; i < count; i++)
            starts[i] = (int)((long)i * (length - tileLength) / (count - 1));
        return new TileAxis(tileLength, starts, Blend(length, tileLength, starts));
    }

    private static float[][] Blend(int length, int tileLength, int[] starts)
    {
        var raw = new double[starts.Length][];
        var sum = new double[length];
        for (var i = 0; i < starts.Length; i++)
        {
            var before = i == 0 ? 0 : starts[i - 1] + tileLength - starts[i];
            var after = i == starts.Length - 1 ? 0 : starts[i] + tileLength - starts[i + 1];
            raw[i] = new double[tileLength];
            for (var t = 0; t < tileLength; t++)
            {
                raw[i][t] = Rise(t, before) * Rise(tileLength - 1 - t, after);
                sum[starts[i] + t] += raw[i][t];
            }
        }

        return [.. raw.Select((tile, i) => tile.Select((weight, t) => (float)(weight / sum[starts[i] + t])).ToArray())];
    }

    // Half a cosine from 0 to 1 over the shared pixels: a seam's value and slope both vanish at its ends.
    private static double Rise(int distance, int shared) =>
        distance >= shared ? 1 : 0.5 - (0.5 * Math.Cos(Math.PI * (distance + 0.5) / shared));
}
