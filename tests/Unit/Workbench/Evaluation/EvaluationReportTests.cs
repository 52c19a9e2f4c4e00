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

    private static EvaluationResult Result(double psnr, double ssim)
    {
        var picture = new PlanarImage(3, 2);
        return new EvaluationResult(
            new EvaluationItem("a.png", null, "a.png"), picture, picture, picture, "The image is dark.", new Quality(20, 0.4), new Quality(psnr, ssim), TimeSpan.FromSeconds(1));
    }
}
