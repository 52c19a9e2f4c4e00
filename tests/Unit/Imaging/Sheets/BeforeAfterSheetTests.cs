using Darkroom.Imaging;
using Darkroom.Imaging.Drawing;
using Darkroom.Imaging.Sheets;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Sheets;

public sealed class BeforeAfterSheetTests
{
    [Fact]
    public void Compose_SmallPictures_StandUnchangedSideBySide()
    {
        var (before, after) = (TestPictures.Random(60, 40), TestPictures.Random(60, 40, seed: 2));

        var sheet = BeforeAfterSheet.Compose(before, after, "", "");

        Assert.Equal((60 + 60 + 12, 40 + 8), (sheet.Width, sheet.Height));
        Assert.Equal(before.Pixels, sheet.ReadTile(4, 4, 60, 40));
        Assert.Equal(after.Pixels, sheet.ReadTile(68, 4, 60, 40));
    }

    [Theory]
    [InlineData(4000, 3000, 1600)]
    [InlineData(3000, 4000, 1600)]
    [InlineData(10_000, 10, 800)]
    [InlineData(20, 20, 100)]
    public void Compose_AnyPicture_FitsTheWidth(int width, int height, int maxWidth)
    {
        var picture = new PlanarImage(width, height, isGrey: true);
        var sheet = BeforeAfterSheet.Compose([new SheetPanel(picture, "a"), new SheetPanel(picture, "b"), new SheetPanel(picture, "c")], maxWidth);
        Assert.InRange(sheet.Width, 1, maxWidth);
        Assert.False(sheet.IsGrey);
    }

    [Fact]
    public void Compose_Caption_IsWrittenBelowItsPicture()
    {
        var picture = new PlanarImage(200, 50);
        var sheet = BeforeAfterSheet.Compose(picture, picture, "noisy", "");
        var (left, right) = (sheet.ReadTile(4, 54, 200, sheet.Height - 54), sheet.ReadTile(208, 54, 200, sheet.Height - 54));
        Assert.Contains(left, value => value > 0.9f);
        Assert.DoesNotContain(right, value => value > 0.9f);
    }

    [Fact]
    public void Compose_NoPictureOrNoRoom_Throws()
    {
        Assert.Throws<ArgumentException>(() => BeforeAfterSheet.Compose([]));
        Assert.Throws<ArgumentException>(() => BeforeAfterSheet.Compose(new PlanarImage(9, 9), new PlanarImage(9, 9), "", "", maxWidth: 13));
    }

    [Fact]
    public void Font_EveryLetter_DiffersFromAllOthers()
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:-+=/%()'!?><";
        var shapes = letters.Select(letter => string.Concat(
            from row in Enumerable.Range(0, BitmapFont.Height) from column in Enumerable.Range(0, BitmapFont.Width) select BitmapFont.IsSet(letter, column, row) ? '#' : '.'));
        Assert.Equal(letters.Length, shapes.Distinct().Count());
        Assert.Equal(BitmapFont.IsSet('A', 2, 0), BitmapFont.IsSet('a', 2, 0));
    }
}
