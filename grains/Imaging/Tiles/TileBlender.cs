using System.Numerics;

namespace Darkroom.Imaging.Tiles;

/// <summary>Puts restored tiles together. Holds one picture of floats and nothing a tile. Safe to use from several threads.</summary>
public sealed class TileBlender
{
    private readonly TilePlan plan;
    private readonly PlanarImage result;
    private readonly bool[] added;
    private readonly Lock gate = new();
    private int missing;

    /// <summary>Begins an empty picture.</summary>
    /// <param name="plan">The tiles.</param>
    /// <param name="source">The picture that the tiles were cut from: size, depth, grey, alpha and metadata of the result are its own.</param>
    /// <exception cref="ArgumentException">The plan is for another size.</exception>
    public TileBlender(TilePlan plan, PlanarImage source)
    {
        if (plan.Width != source.Width || plan.Height != source.Height)
            throw new ArgumentException($"The plan is for {plan.Width} x {plan.Height} pixels, the picture has {source.Width} x {source.Height}.", nameof(plan));
        this.plan = plan;
        result = source.CreateAlike();
        added = new bool[plan.Tiles.Count];
        missing = added.Length;
    }

    /// <summary>Adds a restored tile. A grey picture takes the mean of the three planes.</summary>
    /// <param name="tile">A tile of the plan; each once, in any order.</param>
    /// <param name="pixels">Its pixels, [3, <see cref="TileRectangle.Height"/>, <see cref="TileRectangle.Width"/>].</param>
    /// <exception cref="InvalidOperationException">The tile was added before.</exception>
    public void Add(TileRectangle tile, ReadOnlySpan<float> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, 3 * tile.Width * tile.Height);
        lock (gate)
        {
            if (added[tile.Index])
                throw new InvalidOperationException($"Tile {tile.Index} was added before.");
            added[tile.Index] = true;
            missing--;

            var planeLength = tile.Width * tile.Height;
            for (var c = 0; c < 3; c++)
                Accumulate(tile, pixels.Slice(c * planeLength, planeLength), result.IsGrey ? 0 : c, result.IsGrey ? 1f / 3f : 1f);
        }
    }

    /// <summary>Tells whether a tile was added.</summary>
    /// <param name="tile">Index of a tile of the plan.</param>
    public bool Has(int tile)
    {
        lock (gate)
            return added[tile];
    }

    /// <summary>Hands out the picture; nothing may be added afterwards.</summary>
    /// <exception cref="InvalidOperationException">Tiles are missing.</exception>
    public PlanarImage Finish()
    {
        lock (gate)
        {
            return missing == 0
                ? result
                : throw new InvalidOperationException($"{missing} of {added.Length} tiles are missing.");
        }
    }

    private void Accumulate(TileRectangle tile, ReadOnlySpan<float> pixels, int channel, float scale)
    {
        var weightsX = plan.WeightsX(tile);
        var weightsY = plan.WeightsY(tile);
        var width = Math.Min(tile.Width, result.Width - tile.X);    // what reaches beyond the picture was padding
        var height = Math.Min(tile.Height, result.Height - tile.Y);
        for (var y = 0; y < height; y++)
        {
            var source = pixels.Slice(y * tile.Width, width);
            var target = result.Row(channel, tile.Y + y).Slice(tile.X, width);
            var weightY = weightsY[y] * scale;
            var x = 0;
            for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
            {
                var sum = new Vector<float>(target[x..]) + (new Vector<float>(source[x..]) * new Vector<float>(weightsX[x..]) * weightY);
                sum.CopyTo(target[x..]);
            }

            for (; x < width; x++)
                target[x] += source[x] * weightsX[x] * weightY;
        }
    }
}
