using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;
using Darkroom.Grains.Supervision;
using Darkroom.Grains.Tenants;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Tenants;

public sealed class TenantFaultTests
{
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(0.4);

    [Fact]
    public async Task Silo_KilledBetweenAdmissionAndStart_ThePlaceIsGivenBack()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2, configure: services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.PostConfigure<TenantOptions>(options => (options.MaxConcurrentRuns, options.MaxQueuedRuns) = (1, 0));
        });
        var tenant = cluster.Grains.GetGrain<ITenantGrain>("acme");
        var next = new AdmitRequest("acme/next", RunPriority.Interactive);
        // What a session does before it starts a run; then its silo dies.
        Assert.True((await tenant.AdmitAsync(new AdmitRequest("acme/lost", RunPriority.Interactive), CancellationToken.None)).IsActive);
        await cluster.KillAsync(cluster.Silos[0].Name);

        Assert.Equal(1, (await cluster.Client().GetTenantAsync()).ActiveRuns);
        await Assert.ThrowsAsync<QuotaExceededException>(() => tenant.AdmitAsync(next, CancellationToken.None));
        time.Jump(new TenantOptions().LeaseDuration);
        Assert.True((await tenant.AdmitAsync(next, CancellationToken.None)).IsActive);
        Assert.Equal(1, (await cluster.Client().GetTenantAsync()).ActiveRuns);
        Assert.Empty(await cluster.Client().ListUsageAsync());
    }

    [Fact]
    public async Task Run_LeftByAnEarlierCluster_IsNotTakenUpWhereThatIsTurnedOff()
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
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

            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder, configure: services =>
            {
                services.PostConfigure<TenantOptions>(options => (options.WakesSilentRuns, options.LeaseDuration) = (false, ShortLease));
                services.PostConfigure<SupervisorOptions>(options => options.IsEnabled = false);
            }))
            {
                await TenantTests.SettledAsync(cluster, images: 0, runs: 0);
                Assert.Empty(cluster.Log.Steps);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_ThatEndedWithoutItsTenantHearing_IsCountedWhenItsPlaceExpires()
    {
        await using var cluster = await TenantTests.StartAsync(options => options.LeaseDuration = ShortLease);
        var tenant = cluster.Grains.GetGrain<ITenantGrain>("acme");
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        await tenant.GetStatusAsync(CancellationToken.None);
        // Admission is written, and nothing after it until the run has given up telling.
        var writes = 0;
        cluster.Blobs.Before = (what, name) =>
        {
            if (what == "write" && name.Contains("state/tenant/", StringComparison.Ordinal) && Interlocked.Increment(ref writes) is > 1 and < 8)
                throw new BlobStoreException("the test broke it");
        };
        var run = (await session.RestoreAsync()).Run!;

        Assert.Equal(RunStage.Completed, run.Stage);
        await TenantTests.SettledAsync(cluster, images: 1, runs: 1);
    }

    [Fact]
    public async Task Account_WrittenByAnotherActivation_IsReadAgainAndNothingIsCountedTwice()
    {
        await using var cluster = await TenantTests.StartAsync(options => options.LeaseDuration = ShortLease);
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        var restoring = session.RestoreAsync();
        await pause.ReachedAsync();
        await foreach (var state in cluster.Blobs.ListAsync("state/tenant/"))
        {
            var (bytes, _) = (await cluster.Blobs.TryReadBytesAsync(state.Name))!.Value;
            await cluster.Blobs.WriteBytesAsync(state.Name, bytes);
        }

        pause.End();
        Assert.Equal(RunStage.Completed, (await restoring).Run!.Stage);
        await TenantTests.SettledAsync(cluster, images: 1, runs: 1);
        Assert.Equal(RunStage.Completed, (await session.RestoreAsync()).Run!.Stage);
    }

    [Fact]
    public async Task Account_WriteDoneButReportedFailed_RunsGoOnAndCountsAreRight()
    {
        await using var cluster = await TenantTests.StartAsync(options => options.LeaseDuration = ShortLease);
        var lost = 0;
        cluster.Blobs.LosesAcknowledgement = name => name.StartsWith("state/tenant/", StringComparison.Ordinal) && Interlocked.Increment(ref lost) % 3 == 2;
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(12, hash), JobSamples.Request);
        var status = await job.WaitAsync();
        cluster.Blobs.LosesAcknowledgement = null;

        Assert.Equal((12, 0), (status.Completed, status.Quarantined));
        Assert.All(await JobSamples.ResultsAsync(job), result => Assert.Equal(1, result.Attempts));
        await TenantTests.SettledAsync(cluster, images: 12, runs: 12);
        Assert.True(cluster.Blobs.FailureCount >= 3, $"the store lost {cluster.Blobs.FailureCount} acknowledgements");
    }

    [Fact]
    public async Task Silos_OfTenantAndRunsDie_EveryRunIsCountedOnceAndNoPlaceIsLost()
    {
        const int Count = 60;
        await using var cluster = await TenantTests.StartAsync(
            options => (options.MaxConcurrentRuns, options.MaxQueuedRuns, options.LeaseDuration) = (4, 2, ShortLease), silos: 3);
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(Count, hash), JobSamples.Request);
        var kills = 0;
        await foreach (var glimpse in job.WatchAsync())
        {
            if (glimpse.HasEnded || glimpse.Settled < 15 * (kills + 1))
                continue;
            kills++;
            await cluster.StartSiloAsync();
            await cluster.KillAsync(cluster.Silos[0].Name);
        }

        var status = await job.GetAsync();
        Assert.InRange(kills, 3, 4);
        Assert.Equal((Count, 0), (status.Completed, status.Quarantined));
        await TenantTests.SettledAsync(cluster, images: Count, runs: Count);
    }

    [Fact]
    public async Task Store_FailsForTheAccount_ARunIsRefusedOrStartedAndNeverHalf()
    {
        await using var cluster = await TenantTests.StartAsync(options => (options.MaxConcurrentRuns, options.MaxQueuedRuns) = (1, 0));
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        cluster.Blobs.FailNext(1, "write", "state/tenant/");
        await Assert.ThrowsAsync<StorageFailedException>(() => session.SendAsync("<restore>"));
        Assert.Single(await session.ListVersionsAsync());
        // The place of the one that was not let in is free.
        Assert.Equal(RunStage.Completed, (await session.RestoreAsync()).Run!.Stage);
    }
}
