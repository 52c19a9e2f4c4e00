using System.Globalization;
using Darkroom.Imaging;
using Darkroom.Workbench.Evaluation;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

public sealed class EvaluationReportTests
{
    [Fact]
    public void Lines_TwoPictures_AreTheirMeans()
    {
        var report = new EvaluationReport(2);
        Assert.StartsWith("[1/2] a.png  3x2  input 20.000 / 0.4000  psnr 30.024  ssim 0.8712", report.Add(Result(30.024, 0.8712)), StringComparison.Ordinal);
        report.Add(Result(31, 0.8712));
        Assert.Equal("input psnr=20.000 ssim=0.4000 n=2", report.InputLine);
        Assert.Equal("mean psnr=30.512 ssim=0.8712 n=2", report.MeanLine);
    }

    [Fact]
    public void MeanLine_OtherCulture_KeepsItsPoint()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            var report = new EvaluationReport(1);
            report.Add(Result(30.512, 0.8712));
            Assert.Equal("mean psnr=30.512 ssim=0.8712 n=1", report.MeanLine);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void MoreLines_PictureTooSmall_IsLeftOutOfTheMean()
    {
        var report = new EvaluationReport(3);
        report.Add(Result(30, 0.8) with { More = [new MetricValue("niqe", 8, 4, 3)] });
        report.Add(Result(30, 0.8) with { More = [new MetricValue("niqe", double.NaN, double.NaN, double.NaN)] });
        report.Add(Result(30, 0.8) with { More = [new MetricValue("niqe", 6, 3, 2)] });
        report.OfSet = [new MetricValue("fid", 90.5, 12.25)];
        Assert.Equal(["niqe input=7.0000 restored=3.5000 reference=2.5000 n=2", "fid input=90.5000 restored=12.2500 n=3"], report.MoreLines);
    }

    [Fact]
    public void ToMarkdown_EveryRow_HasTheCellsOfTheHead()
    {
        var report = new EvaluationReport(2);
        report.Add(Result(30, 0.8) with { More = [new MetricValue("niqe", 8, 4, 3)] });
        report.Add(Result(32, 0.9) with { More = [new MetricValue("niqe", 6, 3, 2)] });
        report.OfSet = [new MetricValue("fid", 90.5, 12.25)];

        var rows = report.ToMarkdown().TrimEnd().Split('\n');

        Assert.Equal(5, rows.Length);
        Assert.Single(rows.Select(row => row.Count(c => c == '|')).Distinct());
        Assert.StartsWith("| **2 pictures** | 20.00 | 0.4000 | 31.00 | 0.8500 | 7.0000 | 3.5000 | 90.5000 | 12.2500 |", rows[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_NoReferences_AreThoseOfTheMetricsThatNeedNone()
    {
        var report = new EvaluationReport(1);
        var line = report.Add(Result(30, 0.8) with { Input = null, Output = null, More = [new MetricValue("niqe", 8, 4)] });
        Assert.DoesNotContain("psnr", line, StringComparison.Ordinal);
        Assert.Contains("niqe 8.0000 to 4.0000", line, StringComparison.Ordinal);
        Assert.False(report.HasReferences);
        Assert.Equal(["niqe input=8.0000 restored=4.0000 n=1"], report.MoreLines);
    }

    [Fact]
    public void ToJson_NoReference_LeavesOutWhatIsNotKnown()
    {
        var json = EvaluationReport.ToJson(Result(30, 0.8) with { Item = new EvaluationItem("a.png", "a.png", null), Input = null, Output = null, More = [new MetricValue("niqe", 8, double.NaN)] });
        Assert.Equal("""{"image":"a.png","metrics":{"niqe":{"input":8}},"seconds":1,"instruction":"The image is dark."}""", json);
    }

    private static EvaluationResult Result(double psnr, double ssim)
    {
        var picture = new PlanarImage(3, 2);
        return new EvaluationResult(
            new EvaluationItem("a.png", null, "a.png"), picture, picture, picture, "The image is dark.", new Quality(20, 0.4), new Quality(psnr, ssim), TimeSpan.FromSeconds(1));
    }
}
