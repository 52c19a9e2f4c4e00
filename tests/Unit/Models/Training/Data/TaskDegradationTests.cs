using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Data.Tasks;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Data;

public sealed class TaskDegradationTests
{
    private const int Side = 96;

    public static TheoryData<string> Tasks => [.. TaskDegradations.Tasks];

    [Fact]
    public void Tasks_AreThoseOfThePaper()
    {
        Assert.Equal(TaskPlugin.Published.Order(), TaskDegradations.Tasks.Order());
        Assert.Equal(TaskPlugin.Published.Order(), SelectorSentences.Tasks.Order());
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Apply_ToASquareAndALyingPicture_ChangesItWithinItsRange(string task)
    {
        using var scope = NewDisposeScope();
        foreach (var clean in (Tensor[])[Picture(), Picture().narrow(1, 0, 64).contiguous()])
        {
            for (var seed = 0; seed < 5; seed++)
            {
                var degraded = Apply(task, clean, seed);
                Assert.Equal(clean.shape, degraded.shape);
                Assert.True(degraded.isfinite().all().ToBoolean());
                Assert.InRange(degraded.min().ToDouble(), 0, 1);
                Assert.InRange(degraded.max().ToDouble(), 0, 1);
                Assert.InRange((degraded - clean).abs().mean().ToDouble(), 0.0005, 0.6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Apply_SameSeed_GivesTheSameBits(string task)
    {
        using var scope = NewDisposeScope();
        Assert.True(Apply(task, Picture(), 7).equal(Apply(task, Picture(), 7)).all().ToBoolean());
        Assert.False(Apply(task, Picture(), 7).equal(Apply(task, Picture(), 8)).all().ToBoolean());
    }

    [Fact]
    public void Apply_Each_DoesWhatItsNameSays()
    {
        using var scope = NewDisposeScope();
        var clean = Picture();
        Assert.True(Mean("lowlight") < 0.7 * clean.mean().ToDouble());
        Assert.True(Mean("desnow") > clean.mean().ToDouble());
        Assert.True((Apply("derain", clean, 1) - clean).min().ToDouble() >= -1e-6);
        Assert.True((Apply("highlight", clean, 1) - clean).min().ToDouble() >= -1e-6);
        Assert.True(Apply("dehaze", clean, 1).std().ToDouble() < 0.9 * clean.std().ToDouble());
        Assert.True(Detail(Apply("deblur", clean, 1)) < 0.8 * Detail(clean));
        Assert.True(Detail(Apply("face", clean, 1)) < Detail(clean));

        double Mean(string task) => Apply(task, clean, 1).mean().ToDouble();

        static double Detail(Tensor image) => (image.narrow(2, 1, Side - 1) - image.narrow(2, 0, Side - 1)).abs().mean().ToDouble();
    }

    [Fact]
    public void Apply_AnUnknownTask_IsRefusedWithTheTasks() => Assert.Contains(
        "derain", Assert.Throws<ArgumentException>(() => Apply("colorize", zeros(3, 32, 32), 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Night_PhotographsAverage_IsTheCleanOne()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var random = new Random(3);
        var photograph = NightPhotograph.Take(full([3, 64, 64], 0.4f), 100, random, generator);
        Assert.True(photograph.Noisy.std().ToDouble() > 0.02);
        Assert.True((photograph.Noisy.mean([1, 2]) - photograph.Clean.mean([1, 2])).abs().max().ToDouble() < 0.02);
        Assert.True(photograph.Noisy.max().ToDouble() <= 1);
        // The two greens are averaged: with the least amplification of all colours green has the least noise.
        Assert.Equal(1, photograph.Noisy.std([1, 2]).argmin().item<long>());
    }

    private static Tensor Apply(string task, Tensor clean, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return TaskDegradations.Apply(task, clean, new Random(seed), generator);
    }

    private static Tensor Picture()
    {
        using var tile = new TrainingTile(DrawnScenes.Draw(Side, 4), Side, Side, 16);
        return tile.CropUpright(Side, new Random(1));
    }
}
