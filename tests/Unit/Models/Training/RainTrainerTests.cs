using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Training;
using Darkroom.Models.Training.Data;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

public sealed class RainTrainerTests
{
    private const int TileSize = 128;

    private static readonly LlmraTrainingOptions Options = new()
    {
        Part = LlmraTrainingPart.Rain, Seed = 2, RainPictures = 40, Iterations = 300, BatchSize = 16, LearningRate = 3e-3, WarmupIterations = 10, AveragingDecay = 0.9,
    };

    [Fact]
    public void Run_FewPictures_LearnsThem()
    {
        using var head = new RainHead();
        var losses = new List<double>();
        var tiles = Tiles();
        var result = new RainTrainer(Options, tiles, head).Run(progress => losses.Add(progress.Describer), TestContext.Current.CancellationToken);
        tiles.ForEach(tile => tile.Dispose());
        Assert.Equal(4, result.Count);
        Assert.InRange(losses[^1], 0.01, 0.5);                                  // that of a guess is 0.69
        Assert.InRange(result.CrossEntropy, 0.001, 10);
    }

    [Fact]
    public void Draw_SameSeed_GivesTheSamePicture()
    {
        using var scope = NewDisposeScope();
        var tiles = Tiles();
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
        var tiles = Tiles();
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

    private static List<TrainingTile> Tiles() =>
        [.. Enumerable.Range(0, 4).Select(seed => new TrainingTile(DrawnScenes.Draw(TileSize, seed), TileSize, TileSize, overviewSize: 16))];
}
