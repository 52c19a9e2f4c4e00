namespace Darkroom.Imaging.Resampling;

/// <summary>Changes a picture's size: area mean where it shrinks, linear interpolation where it grows. Alpha and metadata are left out.</summary>
public static class Resampler
{
    /// <summary>Scales a picture down so that its longest side fits; a picture that fits is returned as it is.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="longestSide">Longest side of the result (pixels), at least 1.</param>
    public static PlanarImage Fit(PlanarImage picture, int longestSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longestSide, 1);
        var longest = Math.Max(picture.Width, picture.Height);
        if (longest <= longestSide)
            return picture;
        var scale = longestSide / (double)longest;
        return Resize(picture, Scaled(picture.Width, scale), Scaled(picture.Height, scale));
    }

    /// <summary>Scales a picture to a size.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Width of the result (pixels), at least 1.</param>
    /// <param name="height">Height of the result (pixels), at least 1.</param>
    public static PlanarImage Resize(PlanarImage picture, int width, int height)
    {
        var result = new PlanarImage(width, height, picture.IsGrey, picture.BitDepth);
        var horizontal = ResampleAxis.Create(picture.Width, width);
        var vertical = ResampleAxis.Create(picture.Height, height);

        // Rows are narrowed as they are needed, so that no second picture is held.
        var narrowed = new float[width];
        for (var c = 0; c < picture.Channels; c++)
        {
            var (last, held) = (-1, new float[width]);
            for (var y = 0; y < height; y++)
            {
                var target = result.Row(c, y);
                for (var tap = 0; tap < vertical.Weights[y].Length; tap++)
                {
                    var source = vertical.Starts[y] + tap;
                    if (source != last)
                    {
                        Narrow(picture.Row(c, source), horizontal, narrowed);
                        (narrowed, held, last) = (held, narrowed, source);
                    }

                    var weight = vertical.Weights[y][tap];
                    for (var x = 0; x < width; x++)
                        target[x] += weight * held[x];
                }
            }
        }

        return result;
    }

    private static void Narrow(ReadOnlySpan<float> row, ResampleAxis axis, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var weights = axis.Weights[x];
            var source = row.Slice(axis.Starts[x], weights.Length);
            var sum = 0f;
            for (var tap = 0; tap < weights.Length; tap++)
                sum += weights[tap] * source[tap];
            target[x] = sum;
        }
    }

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale));
}
