using System.Text.RegularExpressions;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Samples;
using Darkroom.Tests.Unit.Cli;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

public sealed partial class EvalCommandTests : IDisposable
{
    private const int BadInput = 2;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Eval_WithMoreMetrics_EndsWithTheSameTwoLines()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "No checkpoint ships.");
        Directory.CreateDirectory(folder["set"]);
        folder.Write("set/scene.png", ImageEncoder.Encode(SampleScene.Draw(96, 96), ImageFormat.Png));

        var result = await CommandLineProcess.WorkbenchAsync(folder, "eval", "--sigma", "25", "set", "--metrics", "niqe", "--markdown", "table.md", "--sheet", "sheet.png", "--json", "lines.json");

        Assert.Equal(0, result.ExitCode);
        var lines = result.Output.TrimEnd().Split('\n');
        Assert.Matches(MeanLine(), lines[^1]);
        Assert.StartsWith("input psnr=20.", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith("niqe input=", lines[^3], StringComparison.Ordinal);
        Assert.Equal(["lines.json", "set", "set/scene.png", "sheet.png", "table.md"], folder.Names);
    }

    [Theory]
    [InlineData("--suite dev --images nowhere", "BSDS_color12")]
    [InlineData("--suite dev --sigma 25 .", "--suite brings its own pictures")]
    [InlineData("--pairs . . --no-reference .", "give one of them")]
    [InlineData("--sigma 25 --night 100 .", "--night has the noise")]
    [InlineData("--no-reference . --metrics lpips", "allowed are niqe, musiq where")]
    [InlineData("--sigma 25 . --metrics beauty", "'beauty'")]
    public async Task Eval_ContradictoryWishes_AreRefused(string arguments, string cause)
    {
        folder.Write("scene.png", []);
        var result = await CommandLineProcess.WorkbenchAsync(folder, ["eval", .. arguments.Split(' ')]);
        Assert.Equal(BadInput, result.ExitCode);
        Assert.Contains(cause, result.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^mean psnr=\d+\.\d{3} ssim=0\.\d{4} n=1$")]
    private static partial Regex MeanLine();
}
