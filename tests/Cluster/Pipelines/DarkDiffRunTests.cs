using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>DarkDiff as users get it: a RAW file taken in the dark, developed by an imported checkpoint.</summary>
public sealed class DarkDiffRunTests
{
    private const string Checkpoint = "darkdiff-nano";

    private static readonly RestorationSettings Settings = new(Seed: 3, Steps: 2);

    [Fact]
    public async Task Run_RawFile_GivesASixteenBitPictureThatDependsOnSeedGainAndGuidance()
    {
        await using var cluster = await PaperCluster.StartAsync("darkdiff", Checkpoint);
        var file = RawPictures.Night();
        var first = await RestoreAsync(cluster, file, Settings);
        Assert.Equal((Checkpoint, RunStage.Completed), (first.Model, first.Stage));
        var picture = await TestPictures.ReadAsync(cluster.Contents, first.Result!.Hash);
        Assert.Equal((40, 24, 16), (picture.Width, picture.Height, picture.BitDepth));

        Assert.Equal(first.Result.Hash, (await RestoreAsync(cluster, file, Settings)).Result!.Hash);
        RunStatus[] others =
        [
            await RestoreAsync(cluster, file, Settings with { Seed = 4 }),
            await RestoreAsync(cluster, file, Settings with { Gain = 5 }),
            await RestoreAsync(cluster, file, Settings with { GuidanceScale = 1 }),
            await RestoreAsync(cluster, file, Settings with { Strength = 0.5 }),
        ];
        Assert.All(others, run => Assert.Equal(RunStage.Completed, run.Stage));
        Assert.Equal(5, others.Select(run => run.Result!.Hash).Append(first.Result.Hash).Distinct().Count());
    }

    [Fact]
    public async Task Runs_OfDifferentStepsAndGuidance_ShareForwardPassesAndAreAsAlone()
    {
        RestorationSettings[] settings = [new(Seed: 3, Steps: 12), new(Seed: 4, Steps: 15, GuidanceScale: 1), new(Seed: 5, Steps: 13, GuidanceScale: 4)];
        var meeting = new PassMeeting(settings.Length);
        await using var cluster = await PaperCluster.StartAsync("darkdiff", Checkpoint, services =>
        {
            PaperCluster.Watch(services, meeting.Stepping);
            services.PostConfigure<RunOptions>(options => options.CheckpointEverySteps = 1000);
        });
        var file = RawPictures.Night();
        var alone = new List<RunStatus>();
        foreach (var one in settings)
            alone.Add(await RestoreAsync(cluster, file, one));
        meeting.Begin(cluster.Service<DeviceSet>()["cpu:0"]);
        var together = await Task.WhenAll(settings.Select(one => RestoreAsync(cluster, file, one)));

        Assert.Equal(12 + 15 + 13, meeting.Rows.Sum());
        Assert.Contains(settings.Length, meeting.Rows);
        Assert.InRange(meeting.Rows.Count, 15, 15 + 8);
        foreach (var (before, after) in alone.Zip(together))
        {
            var (expected, actual) = (await TestPictures.ReadAsync(cluster.Contents, before.Result!.Hash), await TestPictures.ReadAsync(cluster.Contents, after.Result!.Hash));
            Assert.All(expected.Pixels.Zip(actual.Pixels), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1.001 / 255));
        }
    }

    [Fact]
    public async Task Run_PictureThatIsNotRaw_SaysThatRawIsNeeded()
    {
        await using var cluster = await PaperCluster.StartAsync("darkdiff", Checkpoint);
        var run = await RestoreAsync(cluster, TestPictures.Png().ToArray(), Settings);
        Assert.Equal(RunStage.Failed, run.Stage);
        Assert.Contains("develops RAW files", run.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("image/png", run.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WordsToRefineBy_AreRefused()
    {
        await using var cluster = await PaperCluster.StartAsync("darkdiff", Checkpoint);
        var run = await RestoreAsync(cluster, RawPictures.Night(), Settings, "<refine> a little warmer");
        Assert.Equal(RunStage.Failed, run.Stage);
        Assert.Contains("follows no words", run.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_CutOffRaw_IsRefusedAtOnce()
    {
        await using var cluster = await PaperCluster.StartAsync("darkdiff", Checkpoint);
        var file = RawPictures.Night();
        var error = await Assert.ThrowsAsync<Contracts.Errors.InvalidImageException>(() => RestoreAsync(cluster, file[..^500], Settings));
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
    }

    private static async Task<RunStatus> RestoreAsync(DarkroomTestCluster cluster, byte[] file, RestorationSettings settings, string message = "<restore>")
    {
        var session = await cluster.Client().OpenSessionAsync(new MemoryStream(file), model: Checkpoint);
        return (await session.RestoreAsync(message, settings)).Run!;
    }
}
