using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Jobs;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Sessions;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Supervision;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>What a cluster of another release left behind.</summary>
[Collection(GoldenCollection.Name)]
public sealed class UpgradeTests(ITestOutputHelper output)
{
    public static TheoryData<string> Releases => [.. GoldenRelease.All.Select(release => release.Version)];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Cluster_OfARelease_ItsSessionRunAndJobAreTakenUpAndFinished(string version)
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            var written = GoldenWork.Unpack(new GoldenRelease(version).ClusterArchive, folder);
            // It was a minute ago: places, keys and turns live for a time.
            var time = new JumpingTime();
            time.JumpWall(written.AddMinutes(1) - time.GetUtcNow());
            await using var cluster = await DarkroomTestCluster.StartAsync(folder: folder, configure: services => services.AddSingleton<TimeProvider>(time));
            // Nobody asks for any of it.
            await LoneRuns.NothingUnfinishedAsync(cluster);
            var taken = cluster.Log.Steps.ToList();

            await RunIsFinishedAsync(cluster, taken);
            await JobIsFinishedAsync(cluster, taken);
            await SessionGoesOnAsync(cluster, taken);
            output.WriteLine($"{version}, {GoldenRelease.Format}: {taken.Count} steps were left to do");
            await Eventually.TrueAsync(async () => await cluster.Client(GoldenWork.Tenant).GetTenantAsync() is { ActiveRuns: 0, QueuedRuns: 0 }, "no place is taken any more");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("run")]
    [InlineData("job")]
    [InlineData("session")]
    public async Task State_OfANewerLayout_IsRefusedAndLeftAsItIs(string kind)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var serializer = cluster.Service<Serializer>();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var (bytes, name) = kind switch
        {
            "run" => (serializer.SerializeToArray(new RunState { Layout = RunState.CurrentLayout + 1, Stage = RunStage.Stepping }), "state/run/run/acme%2Fnewer"),
            "job" => (serializer.SerializeToArray(new JobState { Layout = JobState.CurrentLayout + 1, Stage = JobStage.Running }), "state/job/job/acme%2Fnewer"),
            _ => (serializer.SerializeToArray(new SessionState { Layout = SessionState.CurrentLayout + 1 }), "state/session/session/acme%2Fnewer"),
        };
        await cluster.Blobs.WriteBytesAsync(name, bytes);
        // As the register of unfinished work has it: the supervisor asks too.
        await cluster.Blobs.WriteBytesAsync($"unfinished/{kind}/acme%2Fnewer", []);
        var run = cluster.Grains.GetGrain<IRunGrain>("acme/newer");
        var job = cluster.Grains.GetGrain<IJobGrain>("acme/newer");
        var session = cluster.Grains.GetGrain<ISessionGrain>("acme/newer");
        Func<Task>[] calls = kind switch
        {
            "run" => [() => run.GetStatusAsync(default), () => run.StartAsync(GoldenWork.Run(new(hash, 24, 16, "image/png", 100)), default), () => run.ResumeAsync(default), () => run.CancelAsync(default)],
            "job" => [() => job.GetStatusAsync(default), () => job.StartAsync(GoldenWork.Job(hash), default), () => job.ResumeUnfinishedAsync(default), () => job.CancelAsync(default)],
            _ => [() => session.GetAsync(default), () => session.OpenAsync(new OpenSessionRequest(hash), default), () => session.ResumeAsync(default), () => session.DeleteAsync(default)],
        };
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAnyAsync<DarkroomException>(call);
            Assert.Contains("newer version of Darkroom", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(bytes, (await cluster.Blobs.TryReadBytesAsync(name))!.Value.Bytes);
        Assert.Equal(1, await LoneRuns.CountAsync(cluster));
        Assert.Empty(cluster.Log.Steps);
    }

    private static async Task RunIsFinishedAsync(DarkroomTestCluster cluster, List<TakenStep> taken)
    {
        var client = cluster.Client(GoldenWork.Tenant);
        var source = (await client.Session(GoldenWork.SessionName).GetAsync()).Source;
        var steps = taken.Where(step => step.Seed == GoldenWork.RunSeed).Select(step => step.Step).ToList();
        // Recognised by what its key was said with; another content would be refused.
        var run = await client.StartRunAsync(GoldenWork.Run(source), GoldenWork.RunKey);
        var ended = await run.WaitAsync();
        var expected = await client.StartRunAsync(GoldenWork.Run(source));

        Assert.Equal((RunStage.Completed, 2, GoldenWork.RunSteps), (ended.Stage, ended.Attempt, ended.Steps));
        Assert.InRange(steps[0], 1, GoldenWork.RunSteps - 1);
        Assert.Equal(Enumerable.Range(steps[0], GoldenWork.RunSteps - steps[0]), steps);
        Assert.Equal((await expected.WaitAsync()).Result?.Hash, ended.Result?.Hash);
        Assert.Equal([1, 2], (await run.GetLedgerAsync()).Select(stretch => stretch.Attempt));
    }

    private static async Task JobIsFinishedAsync(DarkroomTestCluster cluster, List<TakenStep> taken)
    {
        var client = cluster.Client(GoldenWork.Tenant);
        var source = (await client.Session(GoldenWork.SessionName).GetAsync()).Source;
        var request = GoldenWork.Job(await GoldenWork.ListAsync(cluster, source.Hash));
        var job = await client.StartJobOnceAsync(request, GoldenWork.JobKey);
        var status = await job.WaitAsync();
        var results = await JobSamples.ResultsAsync(job);
        var expected = await (await client.StartRunAsync(new RunRequest(source, request.Kind, request.Words, null, request.Settings))).WaitAsync();

        Assert.Equal((JobStage.Completed, GoldenWork.Pictures, 2), (status.Stage, status.Completed, status.Attempt));
        Assert.Equal(Enumerable.Range(0, GoldenWork.Pictures), results.Select(result => result.Index));
        Assert.All(results, result => Assert.Equal(expected.Result?.Hash, result.Result?.Hash));
        Assert.InRange(taken.Count(step => step.Seed == GoldenWork.JobSeed), 1, (GoldenWork.Pictures - GoldenWork.DoneAtLeast) * TestPipeline.DefaultSteps);
    }

    private static async Task SessionGoesOnAsync(DarkroomTestCluster cluster, List<TakenStep> taken)
    {
        var session = cluster.Client(GoldenWork.Tenant).Session(GoldenWork.SessionName);
        // A turn that was taken is recognised, and its run is the one that was under way.
        var reply = await session.SendAsync($"<refine> {GoldenWork.Words}", GoldenWork.SessionSettings, GoldenWork.SecondTurn);
        var restored = await session.FinishAsync(reply);
        var versions = await session.ListVersionsAsync();
        Assert.Equal((TurnOutcome.RunStarted, RunStage.Completed, 2), (reply.Outcome, restored.Run?.Stage, restored.Run?.Attempt));
        Assert.Equal(["v0", "v1", "v2"], versions.Select(version => version.Id));
        Assert.All(versions, version => Assert.Equal(VersionState.Ready, version.State));
        Assert.InRange(taken.Where(step => step.Seed == GoldenWork.SessionSeed).Min(step => step.Step), 1, TestPipeline.DefaultSteps - 1);

        var again = await session.FinishAsync(await session.ReplayAsync("v2"));
        Assert.Equal(versions[2].Image?.Hash, again.Run?.Result?.Hash);
        Assert.Equal("v1", (await session.CheckoutAsync("v1")).CurrentVersionId);
        var sequence = 0L;
        await foreach (var happened in session.EventsAsync())
        {
            Assert.Equal(++sequence, happened.Sequence);
            if (happened.Kind == SessionEventKind.CheckedOut)
                break;
        }
    }
}
