namespace Darkroom.Imaging;

/// <summary>A decoded picture: one float plane a channel, sRGB values in 0..1, rows top to bottom.</summary>
/// <remarks>Grey pictures store one plane (so grey stays grey); <see cref="ReadTile(int, int, int, int, Span{float})"/> always hands out three.</remarks>
public sealed class PlanarImage
{
    /// <summary>Creates a black picture.</summary>
    /// <param name="width">Width (pixels), at least 1.</param>
    /// <param name="height">Height (pixels), at least 1.</param>
    /// <param name="isGrey">Whether there is one plane instead of three.</param>
    /// <param name="bitDepth">8 or 16: the depth it came with and is written with.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range, or the picture would not fit an array.</exception>
    public PlanarImage(int width, int height, bool isGrey = false, int bitDepth = 8)
        : this(width, height, isGrey, bitDepth, isCleared: true)
    {
    }

    private PlanarImage(int width, int height, bool isGrey, int bitDepth, bool isCleared)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (bitDepth is not (8 or 16))
            throw new ArgumentOutOfRangeException(nameof(bitDepth), bitDepth, "The bit depth is 8 or 16.");
        var channels = isGrey ? 1 : 3;
        if ((long)width * height * channels > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"{width} x {height} pixels do not fit one array of {Array.MaxLength} values.");

        Width = width;
        Height = height;
        IsGrey = isGrey;
        BitDepth = bitDepth;
        Pixels = isCleared ? new float[channels * width * height] : GC.AllocateUninitializedArray<float>(channels * width * height);
    }

    /// <summary>Gets the width (pixels).</summary>
    public int Width { get; }

    /// <summary>Gets the height (pixels).</summary>
    public int Height { get; }

    /// <summary>Gets whether there is one plane instead of three.</summary>
    public bool IsGrey { get; }

    /// <summary>Gets the number of planes: 1 or 3.</summary>
    public int Channels => IsGrey ? 1 : 3;

    /// <summary>Gets the depth the picture came with and is written with by default: 8 or 16.</summary>
    public int BitDepth { get; }

    /// <summary>Gets the values, channel after channel (R, G, B or grey), [<see cref="Channels"/>, <see cref="Height"/>, <see cref="Width"/>].</summary>
    public float[] Pixels { get; }

    /// <summary>Gets or sets the opacity, [<see cref="Height"/>, <see cref="Width"/>] in 0..1, or null for an opaque picture. Colours are not premultiplied.</summary>
    public float[]? Alpha { get; set; }

    /// <summary>Gets or sets what the picture carries beside its pixels.</summary>
    public PictureMetadata Metadata { get; set; } = PictureMetadata.None;

    /// <summary>Gets or sets the picture as the eye sees it, of the same size, where the values here are a sensor's linear light; null where they are sRGB.</summary>
    public PlanarImage? Rendered { get; set; }

    /// <summary>Gets one plane, [<see cref="Height"/>, <see cref="Width"/>].</summary>
    public Span<float> Plane(int channel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, Channels);
        return Pixels.AsSpan(channel * Width * Height, Width * Height);
    }

    /// <summary>Gets one row of a plane.</summary>
    public Span<float> Row(int channel, int y) => Plane(channel).Slice(y * Width, Width);

    /// <summary>Copies a rectangle as three planes; what lies beyond an edge is the picture reflected there (the edge itself is not repeated).</summary>
    /// <param name="x">Left edge, may be negative.</param>
    /// <param name="y">Top edge, may be negative.</param>
    /// <param name="width">Width, may reach beyond the picture.</param>
    /// <param name="height">Height, may reach beyond the picture.</param>
    /// <param name="destination">Receives [3, <paramref name="height"/>, <paramref name="width"/>]; a grey picture fills all three alike.</param>
    public void ReadTile(int x, int y, int width, int height, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, 3 * width * height);
        var inside = x >= 0 && x + width <= Width;
        var columns = inside ? null : new int[width];
        for (var i = 0; i < (columns?.Length ?? 0); i++)
            columns![i] = Reflect(x + i, Width);

        for (var c = 0; c < Channels; c++)
        {
            for (var j = 0; j < height; j++)
            {
                var source = Row(c, Reflect(y + j, Height));
                var target = destination.Slice(((c * height) + j) * width, width);
                if (columns is null)
                {
                    source.Slice(x, width).CopyTo(target);
                    continue;
                }

                for (var i = 0; i < width; i++)
                    target[i] = source[columns[i]];
            }
        }

        if (IsGrey)
        {
            var plane = destination[..(width * height)];
            plane.CopyTo(destination[plane.Length..]);
            plane.CopyTo(destination[(2 * plane.Length)..]);
        }
    }

    /// <summary>Copies a rectangle as three planes, [3, height, width].</summary>
    public float[] ReadTile(int x, int y, int width, int height)
    {
        var tile = new float[3 * width * height];
        ReadTile(x, y, width, height, tile);
        return tile;
    }

    /// <summary>Makes a black picture of the same size, depth and metadata; the alpha plane is shared, since restoring does not change it.</summary>
    public PlanarImage CreateAlike() => new(Width, Height, IsGrey, BitDepth) { Alpha = Alpha, Metadata = Metadata };

    /// <summary>Creates a picture of arbitrary values, for one who writes each of them.</summary>
    internal static PlanarImage CreateUninitialized(int width, int height, bool isGrey, int bitDepth) => new(width, height, isGrey, bitDepth, isCleared: false);

    // Mirrors an index into 0..size-1 without repeating the edge, as often as needed (a picture can be smaller than its padding).
    private static int Reflect(int index, int size)
    {
        if ((uint)index < (uint)size)
            return index;
        if (size == 1)
            return 0;
        var period = 2 * (size - 1);
        var folded = ((index % period) + period) % period;
        return folded < size ? folded : period - folded;
    }
}
