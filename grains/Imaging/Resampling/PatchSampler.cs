namespace Darkroom.Imaging.Resampling;

/// <summary>Takes pieces at full resolution, spread over a picture: what a describer measures noise on.</summary>
public static class PatchSampler
{
    /// <summary>Takes square pieces on a regular grid; the same picture always gives the same pieces.</summary>
    /// <param name="picture">The picture; smaller than a piece, it is reflected at its edges.</param>
    /// <param name="size">Side of a piece (pixels).</param>
    /// <param name="maxCount">Largest number of pieces, at least 1. Fewer are taken where they would overlap.</param>
    public static PatchSet Spread(PlanarImage picture, int size, int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        var (columns, rows) = Grid(Math.Max(1, picture.Width / size), Math.Max(1, picture.Height / size), maxCount);
        var pieceLength = 3 * size * size;
        var pixels = new float[columns * rows * pieceLength];
        for (var i = 0; i < columns * rows; i++)
        {
            var (row, column) = Math.DivRem(i, columns);
            picture.ReadTile(
                Start(column, columns, picture.Width, size), Start(row, rows, picture.Height, size), size, size,
                pixels.AsSpan(i * pieceLength, pieceLength));
        }

        return new PatchSet(pixels, columns * rows, size);
    }

    // The largest grid with at most maxCount cells: cells are taken from the axis that has more.
    private static (int Columns, int Rows) Grid(int columns, int rows, int maxCount)
    {
        var (fullColumns, fullRows) = (columns, rows);
        while ((long)columns * rows > maxCount)
        {
            if (rows == 1 || (columns > 1 && columns * (long)fullRows >= rows * (long)fullColumns))
                columns--;
            else
                rows--;
        }

        return (columns, rows);
    }

    // The middle of the cell; a piece larger than the picture begins at 0 and is reflected beyond the end.
    private static int Start(int cell, int cells, int length, int size) =>
        Math.Clamp((int)((((2L * cell) + 1) * length / (2L * cells)) - (size / 2)), 0, Math.Max(0, length - size));
}

/// <summary>Square pieces of a picture.</summary>
/// <param name="Pixels">[<paramref name="Count"/>, 3, <paramref name="Size"/>, <paramref name="Size"/>], sRGB in 0..1.</param>
/// <param name="Count">Number of pieces, at least 1.</param>
/// <param name="Size">Side of a piece (pixels).</param>
public sealed record PatchSet(float[] Pixels, int Count, int Size);
