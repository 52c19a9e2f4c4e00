using Darkroom.Imaging;
using Darkroom.Imaging.Resampling;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Resampling;

public sealed class ResamplerTests
{
    private const double Rounding = 1e-5;

    [Theory]
    [InlineData(400, 300, 100, 100, 75)]
    [InlineData(300, 400, 100, 75, 100)]
    [InlineData(4000, 1, 100, 100, 1)]
    public void Fit_LargerPicture_KeepsProportions(int width, int height, int longest, int expectedWidth, int expectedHeight)
    {
        var result = Resampler.Fit(new PlanarImage(width, height), longest);
        Assert.Equal((expectedWidth, expectedHeight), (result.Width, result.Height));
    }

    [Fact]
    public void Fit_FittingPicture_IsTheSame()
    {
        var picture = TestPictures.Random(30, 20);
        Assert.Same(picture, Resampler.Fit(picture, 30));
    }

    [Theory]
    [InlineData(37, 29, 10, 10)]
    [InlineData(37, 29, 36, 28)]
    [InlineData(10, 10, 37, 29)]
    [InlineData(7, 7, 7, 3)]
    [InlineData(1, 1, 5, 5)]
    public void Resize_FlatPicture_StaysFlat(int width, int height, int newWidth, int newHeight)
    {
        var picture = new PlanarImage(width, height);
        picture.Pixels.AsSpan().Fill(0.3f);
        Assert.All(Resampler.Resize(picture, newWidth, newHeight).Pixels, value => Assert.Equal(0.3f, value, Rounding));
    }

    [Fact]
    public void Resize_Shrinking_KeepsTheMean()
    {
        var picture = TestPictures.Random(96, 60);
        var result = Resampler.Resize(picture, 31, 17);
        for (var c = 0; c < 3; c++)
            Assert.Equal(picture.Plane(c).ToArray().Average(), result.Plane(c).ToArray().Average(), Rounding);
    }

    [Fact]
    public void Resize_ByHalf_IsTheMeanOfFour()
    {
        var picture = new PlanarImage(4, 2, isGrey: true);
        new[] { 0f, 0.2f, 0.4f, 0.4f, 0.4f, 0.6f, 0.8f, 0f }.CopyTo(picture.Pixels, 0);
        var result = Resampler.Resize(picture, 2, 1);
        Assert.Equal(0.3f, result.Pixels[0], Rounding);
        Assert.Equal(0.4f, result.Pixels[1], Rounding);
    }

    [Theory]
    [InlineData(481, 321, 64, 8)]
    [InlineData(321, 481, 64, 8)]
    [InlineData(4000, 100, 64, 4)]
    [InlineData(128, 128, 64, 100)]
    public void Spread_AnySize_PiecesAreDistinctAndInside(int width, int height, int size, int maxCount)
    {
        // Two planes say where a pixel comes from.
        var picture = new PlanarImage(width, height);
        for (var i = 0; i < width * height; i++)
            (picture.Plane(0)[i], picture.Plane(1)[i]) = (i % width, i / width);

        var patches = PatchSampler.Spread(picture, size, maxCount);

        Assert.InRange(patches.Count, Math.Min(maxCount, 2), maxCount);
        Assert.Equal(patches.Count * 3 * size * size, patches.Pixels.Length);
        var corners = Enumerable.Range(0, patches.Count)
            .Select(i => (X: patches.Pixels[i * 3 * size * size], Y: patches.Pixels[((i * 3) + 1) * size * size])).ToArray();
        foreach (var (a, b) in from a in corners from b in corners where a != b select (a, b))
            Assert.True(Math.Abs(a.X - b.X) >= size || Math.Abs(a.Y - b.Y) >= size, $"{a} and {b} overlap");
        Assert.Equal(corners.Length, corners.Distinct().Count());
    }

    [Fact]
    public void Spread_PictureSmallerThanPiece_IsReflected()
    {
        var patches = PatchSampler.Spread(TestPictures.Random(20, 10), 64, 4);
        Assert.Equal(1, patches.Count);
        Assert.All(patches.Pixels, value => Assert.InRange(value, 0f, 1f));
    }
}
