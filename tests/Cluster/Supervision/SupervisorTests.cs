using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Supervision;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Supervision;

public sealed class SupervisorTests
{
    [Fact]
    public async Task Silos_KilledOneAfterAnother_EveryRunEndsThoughNobodyAsksForIt()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        cluster.Log.OnStep = (_, _) => Thread.Sleep(2);
        var ids = await LoneRuns.StartAsync(cluster, 6, steps: 100);
        for (var i = 1; i <= 2; i++)
        {
            // Whichever silos drive the runs and hold the supervisor: two of the three first ones go.
            var taken = cluster.Log.Steps.Count;
            await Eventually.TrueAsync(() => cluster.Log.Steps.Count > taken + 50, "the runs are under way");
            await cluster.StartSiloAsync();
            await cluster.KillAsync(cluster.Silos[0].Name);
        }

        await LoneRuns.NothingUnfinishedAsync(cluster);
        Assert.All(await LoneRuns.StatusAsync(cluster, ids), status => Assert.Equal((RunStage.Completed, null), (status.Stage, status.Error)));
    }

    [Fact]
    public async Task Cluster_LostAndStartedAgain_RunsAndJobsGoOnByThemselves()
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            string[] ids;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var pause = cluster.Log.PauseAt(context => context.Step == 5);
                ids = await LoneRuns.StartAsync(cluster, 2);
                var hash = await cluster.Client().UploadAsync(TestPictures.Png());
                await cluster.Client().StartJobAsync(JobSamples.Items(20, hash), JobSamples.Request, "holiday");
                var silo = await pause.ReachedAsync();
                // A lost machine writes nothing more; the silo of a test takes a moment to end.
                cluster.Blobs.Before = (what, _) =>
                {
                    if (what is "write" or "delete")
                        throw new BlobStoreException("the silo is dead");
                };
                var killing = cluster.KillAsync(silo);
                pause.End();
                await killing;
                Assert.Equal(3, (await UnfinishedAsync(cluster)).Count(name => !name.Contains("holiday.", StringComparison.Ordinal)));
            }

            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                await LoneRuns.NothingUnfinishedAsync(cluster);
                Assert.All(await LoneRuns.StatusAsync(cluster, ids), status => Assert.Equal((RunStage.Completed, 2), (status.Stage, status.Attempt)));
                var job = await cluster.Grains.GetGrain<IJobGrain>("acme/holiday").GetStatusAsync(default);
                Assert.Equal((JobStage.Completed, 20, 2), (job.Stage, job.Completed, job.Attempt));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Entry_OfARunThatNeverStarted_IsTakenAway()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        await cluster.Blobs.WriteBytesAsync("unfinished/run/acme%2Fghost", []);
        await cluster.Blobs.WriteBytesAsync("unfinished/job/acme%2Fghost", []);
        await cluster.Blobs.WriteBytesAsync("unfinished/session/acme%2Fghost", []);

        await LoneRuns.NothingUnfinishedAsync(cluster);
    }

    [Fact]
    public async Task Start_WhenTheRegisterCannotBeWritten_IsNotAcknowledged()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        cluster.Blobs.FailNext(1, "write", "unfinished/");
        await Assert.ThrowsAnyAsync<Exception>(() => LoneRuns.StartAsync(cluster, 1));

        var ids = await LoneRuns.StartAsync(cluster, 1);
        await LoneRuns.NothingUnfinishedAsync(cluster);
        Assert.Equal(RunStage.Completed, (await LoneRuns.StatusAsync(cluster, ids))[0].Stage);
    }

    [Fact]
    public async Task Status_OfTheSupervisor_NamesTheSilosAndCountsWhatIsUnfinished()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        await LoneRuns.StartAsync(cluster, 1);
        await pause.ReachedAsync();
        var supervisor = cluster.Grains.GetGrain<ISupervisorGrain>(ISupervisorGrain.Key);
        SupervisorStatus status;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            status = await supervisor.GetStatusAsync(timeout.Token);
        }
        while (status.Unfinished != 1 || status.Silos.Length != 2);

        pause.End();
        await LoneRuns.NothingUnfinishedAsync(cluster);
        Assert.True(status.Rounds >= 1);
    }

    private static async Task<List<string>> UnfinishedAsync(DarkroomTestCluster cluster)
    {
        var names = new List<string>();
        await foreach (var entry in cluster.Blobs.ListAsync("unfinished/"))
            names.Add(Uri.UnescapeDataString(entry.Name));
        return names;
    }
}
