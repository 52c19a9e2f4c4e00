using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Recipes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Recipes;

public sealed class ToneRecipeTests : IDisposable
{
    private static readonly LlmraTrainingOptions Options = new()
    {
        Part = LlmraTrainingPart.Tone, Seed = 2, Steps = 150, BatchSize = 16, LearningRate = 3e-3, WarmupSteps = 10, AveragingDecay = 0.9,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_FewPictures_TellsDarkOnesBetterThanChanceAndBrightens()
    {
        using var pictures = new TrainingPictures(CompactStart.Tiles(count: 6));
        using var recipe = new ToneRecipe(Options, new TrainingSetup(CompactStart.Write(folder), folder, pictures, CPU));
        using var loop = new TrainingLoop(recipe, Options, Path.Combine(folder, "state"), pictures.Hash, TimeProvider.System);
        var reports = new List<(double Dark, double Curve)>();
        loop.Run(report => reports.Add((report.Losses[0].Value, report.Losses[1].Value)), TestContext.Current.CancellationToken);

        Assert.True(reports[^1].Dark < 0.5, $"{reports[^1].Dark}");              // that of a guess is 0.69
        Assert.True(reports[^1].Curve < 0.7 * reports[0].Curve, $"{reports[0].Curve} -> {reports[^1].Curve}");
        Assert.InRange(recipe.Result!.Error, 0.001, 0.3);
        Assert.NotEmpty(recipe.Summary);
    }

    [Fact]
    public void Draw_ManyPictures_GivesDarkOnesWithTheirLight()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var tiles = CompactStart.Tiles();
        var random = new Random(1);
        var drawn = Enumerable.Range(0, 40).Select(_ => TonePicture.Draw(tiles, random, generator)).ToList();
        Assert.Contains(drawn, picture => picture.IsDark);
        Assert.Contains(drawn, picture => !picture.IsDark);
        Assert.All(drawn.Where(picture => picture.IsDark), picture => Assert.True(picture.Overview.mean().ToDouble() < picture.Lit.mean().ToDouble()));
        tiles.ForEach(tile => tile.Dispose());
    }
}
