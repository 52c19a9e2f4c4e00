using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Devices;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>Runs that name no model: the cluster chooses a pipeline by what is asked for and what is there, and says why.</summary>
public sealed class RoutedRunTests
{
    private static readonly RestorationSettings Settings = new(Seed: 3, Steps: 2);

    [Fact]
    public async Task Session_WithoutPipeline_SendsEachWishWhereItFitsAndReplaysItThere()
    {
        await using var cluster = await StartAsync("diff-plugin", "plugins-nano");
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var light = (await session.RestoreAsync("<refine> brighter")).Run!;
        Assert.Equal((RunStage.Completed, "llmra-compact", "llmra"), (light.Stage, light.Model, light.Route!.Pipeline));

        var haze = (await session.RestoreAsync("<refine> dehaze", Settings)).Run!;
        Assert.Equal((RunStage.Completed, "plugins-nano", "diff-plugin"), (haze.Stage, haze.Model, haze.Route!.Pipeline));
        Assert.Contains("haze removal", haze.Route.Reason, StringComparison.Ordinal);

        // Something that would be chosen now, and was not there then.
        await PaperCluster.ImportAsync(cluster, "diff-plugin", "a-plugins-nano");
        var again = await session.FinishAsync(await session.ReplayAsync("v2"));
        Assert.Equal(("plugins-nano", haze.Result!.Hash), (again.Run!.Model, again.Run.Result!.Hash));
        var versions = await session.ListVersionsAsync();
        Assert.Equal(haze.Route, versions[2].Route);
        Assert.Equal(versions[2].Route, versions[3].Route);
        Assert.Empty((await session.CompareAsync("v2", "v3")).Differences);

        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var happened in session.EventsAsync(1, stop.Token))
        {
            if (happened is { Kind: SessionEventKind.VersionReady, VersionId: "v2" })
            {
                Assert.Equal(haze.Route.Reason, happened.Version!.Route!.Reason);
                break;
            }
        }
    }

    [Fact]
    public async Task Session_WishThatNothingDoes_FailsAndSaysWhatToImport()
    {
        await using var cluster = await StartAsync("vlm-imi", "vlm-nano");
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var run = (await session.RestoreAsync("<refine> make it a winter day")).Run!;
        Assert.Equal((RunStage.Failed, RunErrorCode.ModelNotFound), (run.Stage, run.Error!.Code));
        Assert.Contains("Import MGIE", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal(run.Error, (await session.ListVersionsAsync())[1].Error);
    }

    [Fact]
    public async Task Session_NamedPipeline_IsKept()
    {
        await using var cluster = await StartAsync("vlm-imi", "vlm-nano");
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo", pipeline: "vlm-imi");
        Assert.Equal("vlm-imi", (await session.GetAsync()).Pipeline);
        var run = (await session.RestoreAsync("<refine> brighter", Settings)).Run!;
        Assert.Equal((RunStage.Completed, "vlm-nano"), (run.Stage, run.Model));
        Assert.Equal(new RunRoute("vlm-imi", "vlm-nano", "vlm-imi was asked for; 'vlm-nano' is the checkpoint for it"), run.Route);
        await Assert.ThrowsAsync<SessionConflictException>(() => cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo", pipeline: "llmra"));
        await Assert.ThrowsAsync<InvalidRequestException>(() => cluster.Client().OpenSessionAsync(TestPictures.Png(), pipeline: "Vlm/Imi"));
    }

    [Fact]
    public async Task Run_DarkRawFile_IsLookedAtAndGoesToDarkDiff()
    {
        await using var cluster = await StartAsync("darkdiff", "night-nano");
        var night = await cluster.Client().OpenSessionAsync(new MemoryStream(RawPictures.Night()));
        var run = (await night.RestoreAsync("<restore>", Settings)).Run!;
        Assert.Equal((RunStage.Completed, "night-nano"), (run.Stage, run.Model));
        Assert.Contains("the file is RAW and the describer finds it dark", run.Route!.Reason, StringComparison.Ordinal);

        var day = await cluster.Client().OpenSessionAsync(new MemoryStream(RawPictures.Day()));
        var lit = (await day.RestoreAsync("<restore>")).Run!;
        Assert.Equal((RunStage.Completed, "llmra-compact"), (lit.Stage, lit.Model));
        Assert.Contains("the file is RAW and not dark", lit.Route!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_WithoutPipeline_SendsEachPictureWhereItFits()
    {
        await using var cluster = await StartAsync("diff-plugin", "plugins-nano");
        var client = cluster.Client();
        JobItem[] items = [new("a.png", await client.UploadAsync(TestPictures.Png())), new("b.png", await client.UploadAsync(TestPictures.Png(TestPictures.Slope(20, 12))))];
        var job = await client.StartJobAsync(items, new JobRequest(null, null, RunKind.Refine, "dehaze", Settings));
        Assert.Equal(2, (await job.WaitAsync()).Completed);
        await foreach (var result in job.ResultsAsync())
            Assert.Equal(("diff-plugin", "plugins-nano"), (result.Route!.Pipeline, result.Route.Model));

        var named = await client.StartJobAsync(items, new JobRequest(null, null, RunKind.Refine, "dehaze", new RestorationSettings(), Pipeline: "llmra"));
        Assert.Equal(2, (await named.WaitAsync()).Completed);
        await foreach (var result in named.ResultsAsync())
            Assert.Equal("llmra", result.Route!.Pipeline);
    }

    private static Task<DarkroomTestCluster> StartAsync(string pipeline, string checkpoint) => PaperCluster.StartAsync(
        pipeline, checkpoint, services => services.PostConfigure<ModelOptions>(options => options.DefaultModel = "llmra-compact"));
}
