using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Recipes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Recipes;

public sealed class RainRecipeTests : IDisposable
{
    private static readonly LlmraTrainingOptions Options = new()
    {
        Part = LlmraTrainingPart.Rain, Seed = 2, RainPictures = 40, Steps = 300, BatchSize = 16, LearningRate = 3e-3, WarmupSteps = 10, AveragingDecay = 0.9,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_FewPictures_LearnsThemAndWritesAHeadThatIsLoaded()
    {
        using var pictures = new TrainingPictures(CompactStart.Tiles());
        var measured = 0;
        using var recipe = new RainRecipe(Options, new TrainingSetup(CompactStart.Write(folder), folder, pictures, CPU), done => measured = Math.Max(measured, done), TestContext.Current.CancellationToken);
        using var loop = new TrainingLoop(recipe, Options, Path.Combine(folder, "state"), pictures.Hash, TimeProvider.System);
        var losses = new List<double>();
        loop.Run(report => losses.Add(report.Losses[0].Value), TestContext.Current.CancellationToken);
        Assert.Equal(Options.RainPictures, measured);
        Assert.Equal(4, recipe.Result!.Count);
        Assert.InRange(losses[^1], 0.01, 0.5);                                  // that of a guess is 0.69
        Assert.InRange(recipe.Result.CrossEntropy, 0.001, 10);
        using var describing = CompactLlmraCheckpoint.LoadDescriber(Path.Combine(folder, LlmraParts.FileName), CPU);
    }

    [Fact]
    public void Draw_SameSeed_GivesTheSamePicture()
    {
        using var scope = NewDisposeScope();
        var tiles = CompactStart.Tiles();
        var (one, two, other) = (RainPicture.Draw(tiles, 7), RainPicture.Draw(tiles, 7), RainPicture.Draw(tiles, 8));
        Assert.True(one.Pixels.allclose(two.Pixels, rtol: 0, atol: 0));
        Assert.Equal(one.IsRainy, two.IsRainy);
        Assert.False(one.Pixels.shape.SequenceEqual(other.Pixels.shape) && one.Pixels.allclose(other.Pixels));
        tiles.ForEach(tile => tile.Dispose());
    }

    [Fact]
    public void Draw_ManySeeds_GivesBothKindsInValidForm()
    {
        using var scope = NewDisposeScope();
        var tiles = CompactStart.Tiles();
        var pictures = Enumerable.Range(0, 12).Select(seed => RainPicture.Draw(tiles, seed)).ToList();
        Assert.Contains(pictures, picture => picture.IsRainy);
        Assert.Contains(pictures, picture => !picture.IsRainy);
        Assert.All(pictures, picture =>
        {
            Assert.Equal(3, picture.Pixels.shape[0]);
            Assert.True(picture.Pixels.isfinite().all().ToBoolean());
            Assert.True(picture.Pixels.shape[1] >= 96 && picture.Pixels.shape[1] % 8 == 0);
        });
        tiles.ForEach(tile => tile.Dispose());
    }
}
