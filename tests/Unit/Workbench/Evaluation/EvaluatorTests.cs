using Darkroom.Grains.Checkpoints;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Samples;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Pipelines;
using Darkroom.Tests.Unit.Cli;
using Darkroom.Workbench.Evaluation;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

/// <summary>Evaluation of every pipeline that a silo serves, by checkpoints that are imported as a user imports them.</summary>
public sealed class EvaluatorTests : IDisposable
{
    private const int Side = 64;

    private readonly TestFolder folder = new();
    private readonly OfflineCheckpoints checkpoints;
    private readonly EvaluationItem clean;

    public EvaluatorTests()
    {
        checkpoints = OfflineCheckpoints.Open(folder["blobs"]);
        clean = new EvaluationItem("scene", null, folder.Write("scene.png", ImageEncoder.Encode(SampleScene.Draw(Side, Side), ImageFormat.Png)));
    }

    public void Dispose()
    {
        checkpoints.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("vlm-imi")]
    [InlineData("diff-plugin")]
    [InlineData("mgie")]
    public async Task Evaluate_ImportedPipeline_RepeatsBySeedAlone(string pipeline)
    {
        using var model = await ImportAsync(pipeline);
        var options = new EvaluationOptions(new AddedDegradation(Sigma: 25), TextSource.Given, "remove the noise") { Settings = new RunSettings(Seed: 5, Steps: 2) };

        var first = await EvaluateAsync(model, options);
        var again = await EvaluateAsync(model, options);
        var other = await EvaluateAsync(model, options with { Settings = new RunSettings(Seed: 6, Steps: 2) });

        Assert.Equal(first.Restored.Pixels, again.Restored.Pixels);
        Assert.Equal(first.Degraded.Pixels, other.Degraded.Pixels);
        Assert.NotEqual(first.Restored.Pixels, other.Restored.Pixels);
        Assert.Equal("remove the noise", first.Instruction);
        Assert.InRange(first.Input!.Psnr, 19.5, 21);                            // 20.17 dB and the luck of one picture
        Assert.InRange(first.Output!.Psnr, 1, 40);
    }

    [Fact]
    public async Task Evaluate_RawPipeline_TakesTheSceneAtNight()
    {
        using var model = await ImportAsync("darkdiff");
        var options = new EvaluationOptions(new AddedDegradation(NightRatio: 30)) { Settings = new RunSettings(Steps: 2) };

        var result = await EvaluateAsync(model, options);

        Assert.Equal((Side, Side), (result.Restored.Width, result.Restored.Height));
        Assert.InRange(result.Input!.Psnr, 12, 35);                             // developed with its gain: noisy, not dark
    }

    [Fact]
    public async Task Evaluate_RawPipelineOnOtherPictures_SaysWhatToGive()
    {
        using var model = await ImportAsync("darkdiff");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => EvaluateAsync(model, new EvaluationOptions(new AddedDegradation(Sigma: 25))));
        Assert.Contains("--night", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_SettingsNotOffered_AreRefused()
    {
        using var model = await ImportAsync("vlm-imi");
        var options = new EvaluationOptions(new AddedDegradation(Sigma: 25)) { Settings = new RunSettings(Scheduler: "euler-ancestral") };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => EvaluateAsync(model, options));
        Assert.Contains("euler-ancestral", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_RainAndDarkness_AreAddedBeforeTheNoise()
    {
        using var model = await ImportAsync("vlm-imi");
        var settings = new RunSettings(Steps: 1);

        var dark = await EvaluateAsync(model, new EvaluationOptions(new AddedDegradation(Stops: 3)) { Settings = settings });
        var mixed = await EvaluateAsync(model, new EvaluationOptions(new AddedDegradation(25, 0.5, 3), TextSource.True) { Settings = settings });

        Assert.All(dark.Degraded.Pixels.Zip(dark.Reference!.Pixels), pair => Assert.True(pair.First <= pair.Second));
        var noise = mixed.Degraded.Pixels.Zip(dark.Degraded.Pixels, (a, b) => (a - b) * 255.0).Order().ToList();
        Assert.InRange(noise[noise.Count / 2], -2, 6);                          // rain is light, and thin: the median hardly moves
        Assert.InRange(noise[(int)(0.84 * noise.Count)] - noise[(int)(0.16 * noise.Count)], 45, 70);   // two deviations of 25, and the rain
        Assert.Contains("dark", mixed.Instruction, StringComparison.Ordinal);
        Assert.Contains("Yes, there are rain", mixed.Instruction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_NoReference_MeasuresNothingThatNeedsOne()
    {
        using var model = await ImportAsync("vlm-imi");
        var result = await EvaluateAsync(model, new EvaluationOptions { Settings = new RunSettings(Steps: 1) }, new EvaluationItem("scene", clean.ReferencePath, null));
        Assert.Null(result.Output);
        Assert.Null(result.Reference);
        Assert.Empty(result.More);
    }

    private async Task<LoadedModel> ImportAsync(string pipeline)
    {
        var source = Directory.CreateDirectory(folder["source"]).FullName;
        NanoCheckpoint.Write(pipeline, seed: 3, source);
        await new CheckpointImporter(checkpoints.Store, TimeProvider.System).ImportAsync(new CheckpointImport(source, "nano"));
        return checkpoints.Pipelines.Load("nano", CPU)!;
    }

    private Task<EvaluationResult> EvaluateAsync(LoadedModel model, EvaluationOptions options, EvaluationItem? item = null) =>
        new Evaluator(new PictureRestorer(model, CPU), options, TimeProvider.System).EvaluateAsync(item ?? clean, 0, TestContext.Current.CancellationToken);
}
