using Darkroom.Imaging;
using Darkroom.Imaging.Tiles;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Tiles;

public sealed class TilePlanTests
{
    // Weights are floats that sum to 1 over at most a few tiles.
    private const double Rounding = 2e-6;

    // Width, height, tile, overlap, multiple: smaller than a tile, one pixel more, several, overlaps above a half.
    public static TheoryData<int, int, int, int, int> Plans() => new()
    {
        { 1, 1, 64, 8, 8 },
        { 100, 60, 64, 16, 8 },
        { 65, 64, 64, 16, 16 },
        { 481, 321, 128, 32, 8 },
        { 321, 481, 128, 0, 1 },
        { 200, 37, 64, 48, 8 },
        { 130, 129, 64, 56, 1 },
        { 37, 999, 96, 24, 4 },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Create_AnySize_TilesAreEqualAndInside(int width, int height, int tile, int overlap, int multiple)
    {
        var plan = TilePlan.Create(width, height, tile, overlap, multiple);

        Assert.Equal(0, plan.TileWidth % multiple);
        Assert.Equal(0, plan.TileHeight % multiple);
        Assert.All(plan.Tiles, (t, i) =>
        {
            Assert.Equal((i, plan.TileWidth, plan.TileHeight), (t.Index, t.Width, t.Height));
            Assert.InRange(t.X, 0, Math.Max(0, width - t.Width));
            Assert.InRange(t.Y, 0, Math.Max(0, height - t.Height));
            Assert.InRange(t.Width, 1, tile);
        });
        foreach (var row in plan.Tiles.GroupBy(t => t.Row))
            Assert.All(row.Zip(row.Skip(1)), pair => Assert.InRange(pair.First.X + pair.First.Width - pair.Second.X, overlap, tile - 1));
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Weights_AtEveryPixel_SumToOne(int width, int height, int tile, int overlap, int multiple)
    {
        var plan = TilePlan.Create(width, height, tile, overlap, multiple);
        var sums = new double[width * height];
        foreach (var t in plan.Tiles)
        {
            for (var y = t.Y; y < Math.Min(t.Y + t.Height, height); y++)
            {
                for (var x = t.X; x < Math.Min(t.X + t.Width, width); x++)
                    sums[(y * width) + x] += plan.WeightsX(t)[x - t.X] * plan.WeightsY(t)[y - t.Y];
            }
        }

        Assert.All(sums, sum => Assert.InRange(sum, 1 - Rounding, 1 + Rounding));
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Blend_TilesUnchanged_EqualsWhole(int width, int height, int tile, int overlap, int multiple)
    {
        foreach (var isGrey in new[] { false, true })
        {
            var picture = TestPictures.Random(width, height, isGrey, 16, hasAlpha: true);
            var plan = TilePlan.Create(width, height, tile, overlap, multiple);
            var blender = new TileBlender(plan, picture);
            foreach (var t in plan.Tiles.Reverse())
                blender.Add(t, picture.ReadTile(t.X, t.Y, t.Width, t.Height));

            var whole = blender.Finish();

            Assert.Equal((isGrey, 16), (whole.IsGrey, whole.BitDepth));
            Assert.Same(picture.Alpha, whole.Alpha);
            Assert.InRange(TestPictures.LargestDifference(picture.Pixels, whole.Pixels), 0, Rounding);
        }
    }

    [Fact]
    public void Weights_NeighbouringPixels_ChangeSmoothly()
    {
        const int overlap = 32;
        var plan = TilePlan.Create(400, 64, 128, overlap, 8);
        var weights = plan.WeightsX(plan.Tiles[1]);
        for (var x = 1; x < weights.Length; x++)
            Assert.InRange(Math.Abs(weights[x] - weights[x - 1]), 0, Math.PI / 2 / overlap);
        Assert.InRange(weights[0], 0, 0.01f);
        Assert.Equal(1f, weights[64], 1e-6f);
    }

    [Fact]
    public void Finish_TileMissing_Throws()
    {
        var picture = TestPictures.Random(100, 50);
        var plan = TilePlan.Create(100, 50, 64, 16, 8);
        var blender = new TileBlender(plan, picture);
        blender.Add(plan.Tiles[0], new float[3 * plan.TileWidth * plan.TileHeight]);
        Assert.Throws<InvalidOperationException>(blender.Finish);
        Assert.Throws<InvalidOperationException>(() => blender.Add(plan.Tiles[0], new float[3 * plan.TileWidth * plan.TileHeight]));
    }

    [Theory]
    [InlineData(0, 8, 64, 8, 8)]
    [InlineData(8, 0, 64, 8, 8)]
    [InlineData(8, 8, 60, 8, 8)]
    [InlineData(8, 8, 64, 64, 8)]
    [InlineData(8, 8, 64, -1, 8)]
    [InlineData(8, 8, 64, 8, 0)]
    public void Create_ImpossibleValues_Throws(int width, int height, int tile, int overlap, int multiple) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TilePlan.Create(width, height, tile, overlap, multiple));
}
