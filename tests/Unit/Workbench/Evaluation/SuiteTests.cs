using Darkroom.Tests.Unit.Cli;
using Darkroom.Workbench.Evaluation;
using Darkroom.Workbench.Evaluation.Suite;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

public sealed class SuiteTests
{
    [Theory]
    [InlineData(33.2, "MISSED by 0.10")]
    [InlineData(33.4, "met")]
    [InlineData(34.0, "aim met")]
    public void Report_Floor_SaysByHowMuch(double psnr, string verdict)
    {
        var report = Report();
        report.Rows.Add(new SuiteRow("set", "sigma 15", 12, new Quality(24.6, 0.6), new Quality(psnr, 0.9), [], 0.5, new SuiteFloor(SuiteMeasure.Psnr, 33.3, 34)));
        Assert.Contains($"| 33.3 | 34.0 | {verdict} |", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_GainAndWords_AreDifferences()
    {
        var report = Report();
        report.Rows.Add(new SuiteRow("rain", "pairs", 5, new Quality(20, 0.6), new Quality(26.5, 0.9), [], 0.5, new SuiteFloor(SuiteMeasure.Gain, 5, 9)));
        report.Words = new SuiteWords(27.5, 20);
        var text = report.ToMarkdown();
        Assert.Contains("| 6.50 dB over input | 5.0 | 9.0 | met |", text, StringComparison.Ordinal);
        Assert.Contains("| 7.50 dB lost | 8.0 | 13.0 | MISSED by 0.50 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_Tables_HaveEqualCellsInEachRow()
    {
        var report = Report();
        report.Rows.Add(new SuiteRow("a", "sigma 15", 12, new Quality(24.6, 0.6), new Quality(33, 0.9), [new MetricValue("niqe", 6, 3, 3)], 0.5, new SuiteFloor(SuiteMeasure.Psnr, 33, 34)));
        report.Rows.Add(new SuiteRow("b", "no reference", 3, null, null, [new MetricValue("niqe", 6, 3)], 0.5, null));
        report.Words = new SuiteWords(27.5, 20);
        report.Seconds = 0.4;

        foreach (var table in report.ToMarkdown().Split("## ").Skip(1))
            Assert.Single(table.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Count(c => c == '|')).Distinct());
    }

    [Theory]
    [InlineData(0.5, 1000, "met")]
    [InlineData(0.7, 1000, "not judged")]
    [InlineData(0.7, 0.1, "MISSED")]
    public void Report_Time_IsNotJudgedOnABusyMachine(double seconds, double load, string verdict)
    {
        var text = (Report() with { Load = load, Seconds = seconds }).ToMarkdown();
        Assert.Contains($"| 0.60 s | | {verdict}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dev_RawFolder_LeavesTheMosaicOut()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["raw"]);
        folder.Write("raw/mosaic.png", []);
        folder.Write("raw/night.DNG", []);
        var raw = SuiteSet.Dev.Single(set => set.Name == "raw");
        Assert.Equal("night.DNG", Assert.Single(raw.Find(folder.Path)).Name);
        Assert.False(raw.HasReferences);
    }

    [Fact]
    public void Dev_Sets_HaveNamesOfTheirOwn() => Assert.Equal(SuiteSet.Dev.Count, SuiteSet.Dev.Select(set => set.Name).Distinct(StringComparer.Ordinal).Count());

    private static SuiteReport Report() => new("model", "./cluster eval --suite dev", DateTimeOffset.UnixEpoch, null);
}
