using Darkroom.Client;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Supervision;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Darkroom.Tests.Cluster;

public sealed class FaultTests
{
    private const int CheckpointEverySteps = 2;

    public static TheoryData<int> Steps => [0, 1, 5, 9];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Silo_OfTheDeviceKilledMidRun_TheRunEndsElsewhereWithTheSamePicture(int step)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var session = await OpenAsync(cluster);
        var expected = await ExpectedAsync(cluster);
        cluster.Log.Steps.Clear();

        var restoring = KillDuring(cluster, context => context.Step == step, session);
        var restored = await restoring;

        Assert.Equal(RunStage.Completed, restored.Run!.Stage);
        Assert.Equal(expected, restored.Run.Result!.Hash);
        Assert.InRange(cluster.Log.Steps.Count, TestPipeline.DefaultSteps, TestPipeline.DefaultSteps + CheckpointEverySteps + 1);
    }

    [Fact]
    public async Task Silo_KilledAtTheThirdTile_TheFinishedTilesAreNotDoneAgain()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var hash = await cluster.Client().UploadAsync(TestPictures.Png(TestPictures.Slope(80, 30)));
        var expected = (await (await cluster.Client().OpenSessionAsync(hash)).RestoreAsync()).Run!;
        Assert.True(expected.Tiles >= 3);
        cluster.Log.Steps.Clear();

        var session = await cluster.Client().OpenSessionAsync(hash);
        var restored = await KillDuring(cluster, context => context is { Tile: 2, Step: 5 }, session);

        Assert.Equal(expected.Result!.Hash, restored.Run!.Result!.Hash);
        Assert.All(
            cluster.Log.Steps.GroupBy(step => (step.Tile, step.Step)).Where(taken => taken.Count() > 1),
            taken => Assert.Equal(2, taken.Key.Tile));
    }

    [Fact]
    public async Task State_WrittenByAnotherActivation_ThisOneStandsBackAndTheRunEndsOnce()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await OpenAsync(cluster);
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        var restoring = session.RestoreAsync();
        await pause.ReachedAsync();
        await foreach (var state in cluster.Blobs.ListAsync("state/run/"))
        {
            var (bytes, _) = (await cluster.Blobs.TryReadBytesAsync(state.Name))!.Value;
            await cluster.Blobs.WriteBytesAsync(state.Name, bytes);
        }

        pause.End();
        var restored = await restoring;
        Assert.Equal((RunStage.Completed, 2), (restored.Run!.Stage, restored.Run.Attempt));
        Assert.Equal([SessionEventKind.Opened, SessionEventKind.RunStarted, SessionEventKind.VersionReady], await EventsAsync(session, 3));
    }

    [Fact]
    public async Task Silos_WithoutTheDeviceKilledMidRun_TheRunEnds()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var session = await OpenAsync(cluster);
        var expected = await ExpectedAsync(cluster);
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        var restoring = session.RestoreAsync();
        var silo = await pause.ReachedAsync();
        cluster.Log.OnStep = null;
        // Whatever of the session, the run and the directory was there is lost.
        foreach (var other in cluster.Silos.Select(candidate => candidate.Name).Where(name => name != silo).ToList())
            await cluster.KillAsync(other);
        pause.End();

        var restored = await restoring;
        Assert.Equal(RunStage.Completed, restored.Run!.Stage);
        Assert.Equal(expected, restored.Run.Result!.Hash);
        var events = await EventsAsync(session, 3);
        Assert.Equal([SessionEventKind.Opened, SessionEventKind.RunStarted, SessionEventKind.VersionReady], events);
    }

    [Fact]
    public async Task Cluster_RestartedOnItsFolder_TheSessionGoesOn()
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            string first;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
                await session.SendAsync("Describe the image");
                first = (await session.RestoreAsync()).Run!.Result!.Hash;
            }

            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var session = cluster.Client().Session("photo");
                var info = await session.GetAsync();
                Assert.Equal(("v1", first), (info.CurrentVersionId, info.CurrentImage.Hash));
                Assert.Equal("v2", (await session.RestoreAsync("<refine> brighter")).Reply.VersionId);
                Assert.Equal(
                    [SessionEventKind.Opened, SessionEventKind.Answered, SessionEventKind.RunStarted, SessionEventKind.VersionReady, SessionEventKind.RunStarted, SessionEventKind.VersionReady],
                    await EventsAsync(session, 6));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Cluster_LostMidRun_TheRunIsTakenUpWhenTheSessionIsAskedAgain()
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            string expected;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                expected = await ExpectedAsync(cluster);
                var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
                var pause = cluster.Log.PauseAt(context => context.Step == 7);
                await session.SendAsync("<restore>");
                var silo = await pause.ReachedAsync();
                // A lost machine writes nothing more; the silo of a test takes a moment to end.
                cluster.Blobs.Before = (what, _) =>
                {
                    if (what == "write")
                        throw new BlobStoreException("the silo is dead");
                };
                var killing = cluster.KillAsync(silo);
                pause.End();
                await killing;
            }

            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var session = cluster.Client().Session("photo");
                var versions = await session.ListVersionsAsync();
                var status = await session.WaitAsync(versions[1].RunId!);
                Assert.Equal(expected, status.Result!.Hash);
                Assert.Equal(2, status.Attempt);
                // The checkpoint after step 6 was kept: six of ten steps are not taken again.
                Assert.Equal(6, cluster.Log.Steps.Min(step => step.Step));
                Assert.Equal("v1", (await session.GetAsync()).CurrentVersionId);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Cluster_LostBeforeTheRunOfATurnWasStarted_WhoWaitsForTheRunHasItStarted()
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            var runId = string.Empty;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
                cluster.Blobs.Before = (what, name) =>
                {
                    if (what == "write" && name.StartsWith("state/run/", StringComparison.Ordinal))
                        throw cluster.Blobs.Fail(name);
                };
                // The turn is in the session; its run never is.
                var sending = session.SendAsync("<restore>");
                await Eventually.TrueAsync(() => cluster.Blobs.FailureCount > 0, "the start of the run fails");
                // The register is written beside the state, in its own time.
                await Eventually.TrueAsync(
                    async () =>
                    {
                        await foreach (var entry in cluster.Blobs.ListAsync("unfinished/run/"))
                            runId = Uri.UnescapeDataString(entry.Name["unfinished/run/".Length..]);
                        return runId.Length > 0;
                    },
                    "the run is registered");
                await cluster.KillAsync(cluster.Silos[0].Name);
                await Assert.ThrowsAnyAsync<Exception>(() => sending);
            }

            // Nobody takes up what never began: only who asks for it does.
            await using (var cluster = await DarkroomTestCluster.StartAsync(
                folder: folder, configure: services => services.PostConfigure<SupervisorOptions>(options => options.IsEnabled = false)))
            {
                var session = cluster.Client().Session("photo");
                Assert.Equal(RunStage.Completed, (await session.WaitAsync(runId)).Stage);
                await Assert.ThrowsAsync<RunNotFoundException>(() => session.WaitAsync("acme/another"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task ModelGrain_OnAnySilo_RunsWhereItsKeySays()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var image = (await (await cluster.Client().OpenSessionAsync(hash)).GetAsync()).Source;
        foreach (var silo in cluster.Silos)
        {
            cluster.Log.LoadedOn.Clear();
            var key = new ModelGrainKey(silo.SiloAddress.ToParsableString(), "cpu:0", TestPipeline.ModelName);
            var result = await cluster.Grains.GetGrain<IModelGrain>(key.ToString()).DescribeAsync(new DescribeRequest(image, "acme"), default);
            Assert.Equal("The image is dark.", result.Description!.Lighting);
            Assert.Equal([silo.Name], cluster.Log.LoadedOn);
        }
    }

    [Fact]
    public async Task ModelGrain_KeyOfADeadSiloOrAMissingDevice_IsRefused()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var dead = cluster.Silos[1].SiloAddress.ToParsableString();
        var alive = cluster.Silos[0].SiloAddress.ToParsableString();
        await cluster.KillAsync(cluster.Silos[1].Name);

        foreach (var key in new[] { $"{dead}/cpu:0/test", $"{alive}/cuda:7/test" })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(
                () => cluster.Grains.GetGrain<IModelGrain>(key).ReleaseAsync("acme/none", default));
            Assert.True(error is DeviceUnavailableException or OrleansMessageRejectionException, error.ToString());
        }
    }

    [Theory]
    [InlineData("write", "runs/")]
    [InlineData("write", "content/")]
    [InlineData("write", "state/run/")]
    [InlineData("read", "content/")]
    public async Task BlobStore_FailsTwiceDuringARun_TheRunEndsAllTheSame(string operation, string name)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await OpenAsync(cluster);
        cluster.Blobs.FailNext(2, operation, name);
        var restored = await session.RestoreAsync();

        Assert.Equal(2, cluster.Blobs.FailureCount);
        Assert.Equal(RunStage.Completed, restored.Run!.Stage);
        cluster.Blobs.Before = null;
        Assert.Equal(await ExpectedAsync(cluster), restored.Run.Result!.Hash);
    }

    [Fact]
    public async Task BlobStore_LosesAnAcknowledgement_NothingIsDoneTwice()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await OpenAsync(cluster);
        var left = 1;
        cluster.Blobs.LosesAcknowledgement = name => name.Contains("state/run/", StringComparison.Ordinal) && cluster.Log.Steps.Count >= 2 && Interlocked.Decrement(ref left) == 0;
        var restored = await session.RestoreAsync();

        Assert.Equal(1, cluster.Blobs.FailureCount);
        Assert.Equal(RunStage.Completed, restored.Run!.Stage);
        Assert.Equal([SessionEventKind.Opened, SessionEventKind.RunStarted, SessionEventKind.VersionReady], await EventsAsync(session, 3));
    }

    [Fact]
    public async Task BlobStore_FailsForGood_TheRunFailsWithTheReason()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await OpenAsync(cluster);
        cluster.Blobs.FailNext(int.MaxValue, "write", "runs/");
        var run = (await session.RestoreAsync()).Run!;

        Assert.Equal(RunErrorCode.Storage, run.Error!.Code);
        Assert.Contains("the test broke", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal(VersionState.Failed, (await session.ListVersionsAsync())[1].State);
    }

    [Fact]
    public async Task BlobStore_FailsAWhileAtTheEndOfARun_TheEndIsKeptAndTold()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await OpenAsync(cluster);
        var failures = 0;
        cluster.Blobs.Before = (what, name) =>
        {
            // More often than the run may fail in a row, once its last step is taken.
            if (what == "write" && name.StartsWith("state/run/", StringComparison.Ordinal) && cluster.Log.Steps.Count >= TestPipeline.DefaultSteps && Interlocked.Increment(ref failures) <= 7)
                throw cluster.Blobs.Fail(name);
        };
        var run = (await session.RestoreAsync()).Run!;

        Assert.Equal(7, cluster.Blobs.FailureCount);
        Assert.Equal((RunStage.Completed, null), (run.Stage, run.Error));
        cluster.Blobs.Before = null;
        Assert.Equal(await ExpectedAsync(cluster), run.Result!.Hash);
    }

    [Fact]
    public async Task Model_ThatFailsToLoadOnce_IsLoadedAtTheNextTry()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var left = 1;
        cluster.Log.OnLoad = _ =>
        {
            if (Interlocked.Decrement(ref left) >= 0)
                throw new InvalidDataException("the file is being copied");
        };
        var restored = await (await OpenAsync(cluster)).RestoreAsync();
        Assert.Equal((RunStage.Completed, 2), (restored.Run!.Stage, restored.Run.Attempt));
    }

    private static Task<RestorationSession> OpenAsync(DarkroomTestCluster cluster) => cluster.Client().OpenSessionAsync(TestPictures.Png());

    // The picture of an undisturbed run with the same request.
    private static async Task<string> ExpectedAsync(DarkroomTestCluster cluster) => (await (await OpenAsync(cluster)).RestoreAsync()).Run!.Result!.Hash;

    private static async Task<Restoration> KillDuring(DarkroomTestCluster cluster, Func<StepContext, bool> when, RestorationSession session)
    {
        var pause = cluster.Log.PauseAt(when);
        var restoring = session.RestoreAsync();
        var silo = await pause.ReachedAsync();
        cluster.Log.OnStep = null;
        await cluster.KillAsync(silo, pause);
        return await restoring;
    }

    private static async Task<List<SessionEventKind>> EventsAsync(RestorationSession session, int count)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var kinds = new List<SessionEventKind>();
        await foreach (var happened in session.EventsAsync(1, stop.Token))
        {
            kinds.Add(happened.Kind);
            if (kinds.Count == count)
                break;
        }

        return kinds;
    }
}
