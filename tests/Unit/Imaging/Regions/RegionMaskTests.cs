using Darkroom.Imaging;
using Darkroom.Imaging.Regions;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Regions;

public sealed class RegionMaskTests
{
    [Fact]
    public void FromBox_NoFeather_IsHard()
    {
        var mask = RegionMask.FromBox(10, 6, new PixelBox(2, 1, 5, 3), 0);
        for (var y = 0; y < 6; y++)
        {
            for (var x = 0; x < 10; x++)
                Assert.Equal(x is >= 2 and < 7 && y is >= 1 and < 4 ? 1 : 0, mask.Row(y)[x]);
        }
    }

    [Fact]
    public void FromBox_Feather_RisesInwardsOnly()
    {
        var mask = RegionMask.FromBox(64, 64, new PixelBox(16, 16, 32, 32), 8);
        var row = mask.Row(32).ToArray();

        Assert.All(row[..16], weight => Assert.Equal(0, weight));
        for (var x = 17; x < 24; x++)
            Assert.True(row[x] > row[x - 1] && row[x - 1] > 0);
        Assert.All(row[24..40], weight => Assert.Equal(1, weight));
        Assert.Equal(row[16], row[47], 1e-6f);
        Assert.Equal(0, mask.Row(15)[32]);
        Assert.Equal(row[18], mask.Row(18)[32], 1e-6f);
    }

    [Fact]
    public void FromBox_AtThePicturesEdge_HasNoSeamThere()
    {
        var mask = RegionMask.FromBox(40, 40, new PixelBox(-5, 0, 25, 100), 6);
        Assert.Equal(1, mask.Row(0)[0]);
        Assert.Equal(1, mask.Row(39)[10]);
        Assert.InRange(mask.Row(20)[19], 1e-4f, 0.1f);
    }

    [Fact]
    public void FromBox_WholePicture_IsAllOnes()
    {
        var mask = RegionMask.FromBox(9, 7, new PixelBox(0, 0, 9, 7), 100);
        for (var y = 0; y < 7; y++)
            Assert.False(mask.Row(y).ContainsAnyExcept(1f));
    }

    [Fact]
    public void FromMask_ThinnerThanTheFeather_StillReachesItsFullEffect()
    {
        var picture = new PlanarImage(40, 40, isGrey: true);
        for (var y = 0; y < 40; y++)
            picture.Row(0, y).Slice(18, 4).Fill(1);
        var row = RegionMask.FromMask(picture, 100).Row(20);

        Assert.Equal(1, row[19]);
        Assert.InRange(row[18], 0.01f, 0.99f);
    }

    [Fact]
    public void FromMask_GreyAndColour_CountByTheirMean()
    {
        var picture = new PlanarImage(2, 1);
        picture.Row(0, 0)[0] = 0.9f;
        picture.Row(1, 0)[0] = 0.3f;
        Assert.Equal(0.4f, RegionMask.FromMask(picture, 0).Row(0)[0], 1e-6f);
    }

    [Fact]
    public void FromMask_BlackEverywhere_IsRefused() =>
        Assert.Contains("black everywhere", Assert.Throws<ArgumentException>(() => RegionMask.FromMask(new PlanarImage(4, 4), 1)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(10, 0, 5, 5)]
    [InlineData(-5, 0, 5, 5)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(0, 0, 0, 4)]
    public void FromBox_OutsideThePicture_IsRefused(int x, int y, int width, int height) =>
        Assert.Contains("no pixel", Assert.Throws<ArgumentException>(() => RegionMask.FromBox(10, 10, new PixelBox(x, y, width, height), 1)).Message, StringComparison.Ordinal);
}
