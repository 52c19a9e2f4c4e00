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
        Part = LlmraTrainingPart.Rain, Seed = 2, RainPictures = 40, Iterations = 200, BatchSize = 16, LearningRate = 3e-3, WarmupIterations = 10, AveragingDecay = 0.9,
    };

    [Fact]
    public void Run_FewPictures_LearnsThemAndIsReproducible()
    {
        using var first = new RainHead();
        using var second = new RainHead();
        second.load_state_dict(first.state_dict());
        var losses = new List<double>();

        Train(first, losses);
        Train(second, []);

        Assert.True(losses[^1] < 0.5, $"the loss ends at {losses[^1]}, that of a guess is 0.69");
        foreach (var (name, weight) in first.state_dict())
            Assert.True(weight.allclose(second.state_dict()[name], rtol: 1e-4, atol: 1e-5), name);
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

    private static void Train(RainHead head, List<double> losses)
    {
        var tiles = Tiles();
        var result = new RainTrainer(Options, tiles, head).Run(progress => losses.Add(progress.Describer), TestContext.Current.CancellationToken);
        Assert.Equal(4, result.Count);
        tiles.ForEach(tile => tile.Dispose());
    }

    private static List<TrainingTile> Tiles() =>
        [.. Enumerable.Range(0, 4).Select(seed => new TrainingTile(DrawnScenes.Draw(TileSize, seed), TileSize, TileSize, overviewSize: 16))];
}
