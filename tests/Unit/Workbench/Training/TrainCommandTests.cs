using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Tests.Unit.Cli;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Training;

public sealed class TrainCommandTests : IDisposable
{
    private const int BadInput = 2;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_ThenResume_WritesACheckpointATableAndACurve()
    {
        NanoCheckpoint.Write("diff-plugin", 1, folder["base"]);
        Configure(2);
        var first = await CommandLineProcess.WorkbenchAsync(folder, "train", "diff-plugin", "--config", "recipe.json", "--base", "base", "--output", "out");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("step 2/2", first.Output, StringComparison.Ordinal);
        Assert.Equal(1 + 2, File.ReadAllLines(folder["out/loss.csv"]).Length);

        Configure(3);
        var second = await CommandLineProcess.WorkbenchAsync(folder, "train", "diff-plugin", "--config", "recipe.json", "--output", "out", "--resume");
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.DoesNotContain("step 2/3", second.Output, StringComparison.Ordinal);
        Assert.Contains("step 3/3", second.Output, StringComparison.Ordinal);
        var rows = File.ReadAllLines(folder["out/loss.csv"]);
        Assert.Equal("step,seconds,learning_rate,gradient_norm,noise", rows[0]);
        Assert.Equal(["1", "2", "3"], rows.Skip(1).Select(row => row.Split(',')[0]));
        var curve = new ImageDecoder(new ImagingOptions()).Decode(File.ReadAllBytes(folder["out/loss.png"]));
        Assert.Equal(960, curve.Width);

        var again = await CommandLineProcess.WorkbenchAsync(folder, "train", "diff-plugin", "--config", "recipe.json", "--base", "base", "--output", "out");
        Assert.Equal(BadInput, again.ExitCode);
        Assert.Contains("not empty", again.Error, StringComparison.Ordinal);

        void Configure(int steps) => File.WriteAllText(
            folder["recipe.json"], $$"""{ "steps": {{steps}}, "schedule": "constant", "batchSize": 1, "pictureSize": 32, "drawnPictures": 1, "reportSteps": 1 }""");
    }

    [Theory]
    [InlineData("there is no key 'learning_rate'; known are", "--base", ".", "--config", "recipe.json")]
    [InlineData("needs --base")]
    [InlineData("no training to resume", "--resume")]
    [InlineData("--device is 'tpu'", "--base", ".", "--device", "tpu")]
    [InlineData("no checkpoint 'nowhere'", "--base", "nowhere")]
    public async Task Train_WhatCannotBeUsed_IsRefusedWithTheCause(string expected, params string[] arguments)
    {
        File.WriteAllText(folder["recipe.json"], """{ "learning_rate": 1 }""");
        var result = await CommandLineProcess.WorkbenchAsync(folder, ["train", "diff-plugin", "--output", "out", .. arguments]);
        Assert.Equal(BadInput, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }
}
