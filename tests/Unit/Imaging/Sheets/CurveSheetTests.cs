using Darkroom.Imaging.Sheets;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Sheets;

public sealed class CurveSheetTests
{
    [Fact]
    public void Draw_AFallingCurve_RunsFromTheUpperLeftToTheLowerRight()
    {
        var sheet = CurveSheet.Draw([new Curve("loss", [.. Enumerable.Range(0, 50).Select(i => ((double)i, 50.0 - i))])]);
        Assert.Equal((960, 180), (sheet.Width, sheet.Height));
        Assert.True(BrightestRow(sheet, 100) < 60);
        Assert.True(BrightestRow(sheet, 930) > 110);
    }

    [Fact]
    public void Draw_SeveralCurves_EachHasAPanel() =>
        Assert.Equal(540, CurveSheet.Draw([.. Enumerable.Range(0, 3).Select(i => new Curve($"curve {i}", [(0, i), (1, 2 * i)]))]).Height);

    [Fact]
    public void Draw_OnePointAConstantAndNumbersThatAreNone_AreDrawn()
    {
        CurveSheet.Draw([new Curve("one", [(5, 3)]), new Curve("none", []), new Curve("flat", [(0, 0), (1, 0)]), new Curve("broken", [(0, double.NaN), (1, double.PositiveInfinity), (2, 4)])]);
        Assert.Throws<ArgumentException>(() => CurveSheet.Draw([]));
    }

    // Where the orange line is: red and much less blue.
    private static int BrightestRow(Darkroom.Imaging.PlanarImage sheet, int column) =>
        Enumerable.Range(0, sheet.Height).MaxBy(y => sheet.Row(0, y)[column] - sheet.Row(2, y)[column]);
}
