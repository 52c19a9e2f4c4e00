using Darkroom.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging;

public sealed class PlanarImageTests
{
    [Fact]
    public void ReadTile_BeyondEdges_ReflectsWithoutRepeatingTheEdge()
    {
        var picture = new PlanarImage(3, 2, isGrey: true);
        new[] { 1f, 2f, 3f, 4f, 5f, 6f }.CopyTo(picture.Pixels, 0);

        var tile = picture.ReadTile(-2, -1, 7, 4);

        float[] plane =
        [
            6, 5, 4, 5, 6, 5, 4,
            3, 2, 1, 2, 3, 2, 1,
            6, 5, 4, 5, 6, 5, 4,
            3, 2, 1, 2, 3, 2, 1,
        ];
        Assert.Equal([.. plane, .. plane, .. plane], tile);
    }

    [Fact]
    public void ReadTile_FarBeyondOnePixel_RepeatsIt()
    {
        var picture = new PlanarImage(1, 1);
        new[] { 0.1f, 0.2f, 0.3f }.CopyTo(picture.Pixels, 0);
        Assert.Equal([0.1f, 0.1f, 0.2f, 0.2f, 0.3f, 0.3f], picture.ReadTile(-5, 7, 2, 1));
    }

    [Fact]
    public void ReadTile_Inside_IsTheRectangle()
    {
        var picture = TestPictures.Random(20, 10);
        var tile = picture.ReadTile(3, 2, 5, 4);
        for (var c = 0; c < 3; c++)
        {
            for (var y = 0; y < 4; y++)
                Assert.Equal(picture.Row(c, y + 2).Slice(3, 5), tile.AsSpan(((c * 4) + y) * 5, 5));
        }
    }

    [Theory]
    [InlineData(0, 1, 8)]
    [InlineData(1, 0, 8)]
    [InlineData(1, 1, 12)]
    [InlineData(50_000, 50_000, 8)]
    public void Constructor_ImpossibleValues_Throws(int width, int height, int bitDepth) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlanarImage(width, height, bitDepth: bitDepth));
}
