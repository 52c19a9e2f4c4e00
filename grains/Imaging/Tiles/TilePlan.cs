namespace Darkroom.Imaging.Tiles;

/// <summary>Cuts a picture into overlapping tiles of equal size whose blend weights sum to 1 at every pixel.</summary>
public sealed class TilePlan
{
    private readonly TileAxis columns;
    private readonly TileAxis rows;

    private TilePlan(int width, int height, TileAxis columns, TileAxis rows)
    {
        (Width, Height, this.columns, this.rows) = (width, height, columns, rows);
        var tiles = new TileRectangle[columns.Starts.Length * rows.Starts.Length];
        for (var i = 0; i < tiles.Length; i++)
        {
            var (row, column) = Math.DivRem(i, columns.Starts.Length);
            tiles[i] = new TileRectangle(i, column, row, columns.Starts[column], rows.Starts[row], columns.TileLength, rows.TileLength);
        }

        Tiles = tiles;
    }

    /// <summary>Gets the picture's width (pixels).</summary>
    public int Width { get; }

    /// <summary>Gets the picture's height (pixels).</summary>
    public int Height { get; }

    /// <summary>Gets the tiles, row by row.</summary>
    public IReadOnlyList<TileRectangle> Tiles { get; }

    /// <summary>Gets the width of every tile (pixels).</summary>
    public int TileWidth => columns.TileLength;

    /// <summary>Gets the height of every tile (pixels).</summary>
    public int TileHeight => rows.TileLength;

    /// <summary>Plans the tiles of a picture.</summary>
    /// <param name="width">The picture's width (pixels), at least 1.</param>
    /// <param name="height">The picture's height (pixels), at least 1.</param>
    /// <param name="tileSize">Side of a tile (pixels), a multiple of <paramref name="multiple"/>. A picture smaller than this gets one smaller tile along that axis.</param>
    /// <param name="overlap">Least number of pixels that neighbours share, less than <paramref name="tileSize"/>.</param>
    /// <param name="multiple">Sides of tiles are multiples of this.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static TilePlan Create(int width, int height, int tileSize, int overlap, int multiple = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, tileSize);
        if (tileSize % multiple != 0)
            throw new ArgumentOutOfRangeException(nameof(tileSize), tileSize, $"The tile's side is a multiple of {multiple}.");
        return new TilePlan(width, height, TileAxis.Create(width, tileSize, overlap, multiple), TileAxis.Create(height, tileSize, overlap, multiple));
    }

    /// <summary>Gets the blend weights of a tile along x; its weight at a pixel is the product of both axes.</summary>
    public ReadOnlySpan<float> WeightsX(TileRectangle tile) => columns.Weights[tile.Column];

    /// <summary>Gets the blend weights of a tile along y.</summary>
    public ReadOnlySpan<float> WeightsY(TileRectangle tile) => rows.Weights[tile.Row];
}
