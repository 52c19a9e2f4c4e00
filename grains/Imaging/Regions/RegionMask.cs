namespace Darkroom.Imaging.Regions;

/// <summary>How much each pixel of a picture may change, 0..1: 0 outside a region, 1 well inside it, and a soft seam in between.</summary>
/// <remarks>The seam lies inside the region, so that nothing outside of it changes. Where the region ends at the picture's edge there is no seam.</remarks>
public sealed class RegionMask
{
    private static readonly float Diagonal = MathF.Sqrt(2);

    private readonly float[] weights;

    private RegionMask(int width, int height, float[] weights) => (Width, Height, this.weights) = (width, height, weights);

    /// <summary>Gets the picture's width (pixels).</summary>
    public int Width { get; }

    /// <summary>Gets the picture's height (pixels).</summary>
    public int Height { get; }

    /// <summary>Makes the region of a rectangle.</summary>
    /// <param name="width">The picture's width (pixels).</param>
    /// <param name="height">The picture's height (pixels).</param>
    /// <param name="box">The rectangle; what of it is outside the picture does not count.</param>
    /// <param name="feather">Width of the seam (pixels), 0 for a hard one; a region that is thinner has a narrower one.</param>
    /// <exception cref="ArgumentException">No pixel of the picture is in the rectangle.</exception>
    public static RegionMask FromBox(int width, int height, PixelBox box, int feather)
    {
        var weights = new float[checked(width * height)];
        var (left, right) = Clip(box.X, box.Width, width);
        var (top, bottom) = Clip(box.Y, box.Height, height);
        for (var y = top; y < bottom; y++)
            weights.AsSpan((y * width) + left, Math.Max(0, right - left)).Fill(1);
        return Create(width, height, weights, feather, $"The box {box.X},{box.Y},{box.Width},{box.Height} has no pixel of the picture, which has {width} x {height}.");
    }

    /// <summary>Makes the region that a mask shows: white may change, black stays, grey in between.</summary>
    /// <param name="mask">The mask, as large as the picture; of a coloured one the mean of the colours counts.</param>
    /// <param name="feather">Width of the seam (pixels), 0 for none but the mask's own; a region that is thinner has a narrower one.</param>
    /// <exception cref="ArgumentException">The mask is black everywhere.</exception>
    public static RegionMask FromMask(PlanarImage mask, int feather)
    {
        var weights = new float[mask.Width * mask.Height];
        for (var y = 0; y < mask.Height; y++)
        {
            var target = weights.AsSpan(y * mask.Width, mask.Width);
            for (var c = 0; c < mask.Channels; c++)
            {
                var source = mask.Row(c, y);
                for (var x = 0; x < target.Length; x++)
                    target[x] += source[x] / mask.Channels;
            }
        }

        return Create(mask.Width, mask.Height, weights, feather, "The mask is black everywhere: nothing of the picture may change. White is where it may.");
    }

    /// <summary>Gets the weights of a row.</summary>
    public ReadOnlySpan<float> Row(int y) => weights.AsSpan(y * Width, Width);

    private static (int From, int To) Clip(int start, int length, int size) =>
        ((int)Math.Clamp(start, 0L, size), (int)Math.Clamp((long)start + length, 0L, size));

    private static RegionMask Create(int width, int height, float[] weights, int feather, string nothing)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(feather);
        if (!weights.AsSpan().ContainsAnyExcept(0f))
            throw new ArgumentException(nothing);
        if (feather > 0)
            Feather(width, height, weights, feather);
        return new RegionMask(width, height, weights);
    }

    private static void Feather(int width, int height, float[] weights, int feather)
    {
        var distance = Distance(width, height, weights);
        var deepest = 0f;
        foreach (var value in distance)
            deepest = Math.Max(deepest, value);
        if (float.IsPositiveInfinity(deepest))
            return;                                       // the whole picture: no seam anywhere
        var ramp = Math.Min(feather, deepest);
        for (var i = 0; i < weights.Length; i++)
        {
            var t = Math.Clamp(distance[i] / ramp, 0, 1);
            weights[i] *= t * t * (3 - (2 * t));
        }
    }

    // Distance to the nearest pixel outside, counted from its edge: two passes over the eight neighbours (Borgefors 1986), exact along the axes.
    private static float[] Distance(int width, int height, float[] weights)
    {
        var distance = new float[weights.Length];
        for (var i = 0; i < weights.Length; i++)
            distance[i] = weights[i] > 0 ? float.PositiveInfinity : -0.5f;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                Relax(x, y, -1);
        }

        for (var y = height - 1; y >= 0; y--)
        {
            for (var x = width - 1; x >= 0; x--)
                Relax(x, y, 1);
        }

        return distance;

        void Relax(int x, int y, int step)
        {
            var i = (y * width) + x;
            if (distance[i] < 0)
                return;
            var nearest = distance[i];
            if (x + step >= 0 && x + step < width)
                nearest = Math.Min(nearest, distance[i + step] + 1);
            if (y + step >= 0 && y + step < height)
            {
                var other = i + (step * width);
                nearest = Math.Min(nearest, distance[other] + 1);
                if (x > 0)
                    nearest = Math.Min(nearest, distance[other - 1] + Diagonal);
                if (x < width - 1)
                    nearest = Math.Min(nearest, distance[other + 1] + Diagonal);
            }

            distance[i] = nearest;
        }
    }
}
