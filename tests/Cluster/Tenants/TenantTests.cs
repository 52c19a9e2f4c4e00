using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
using Darkroom.Grains.Tenants;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Tenants;

public sealed class TenantTests
{
    [Fact]
    public async Task Runs_MoreThanTheTenantMayHave_WaitThenAreRefusedWithTheReason()
    {
        await using var cluster = await StartAsync(options => (options.MaxConcurrentRuns, options.MaxQueuedRuns) = (1, 1));
        var client = cluster.Client();
        var pause = cluster.Log.PauseAt(_ => true);
        var (first, second, third) = (await client.OpenSessionAsync(TestPictures.Png()), await client.OpenSessionAsync(TestPictures.Png()), await client.OpenSessionAsync(TestPictures.Png()));
        var running = await first.SendAsync("<restore>");
        await pause.ReachedAsync();
        var queued = await second.SendAsync("<restore>");
        var error = await Assert.ThrowsAsync<QuotaExceededException>(() => third.SendAsync("<restore>", turnId: "again"));

        Assert.Equal((QuotaLimit.QueuedRuns, 1, 1), (error.Limit, error.Actual, error.Allowed));
        Assert.True(error.RetryAfter > TimeSpan.Zero);
        var status = await client.GetTenantAsync();
        Assert.Equal((1, 1), (status.ActiveRuns, status.QueuedRuns));
        // What is refused leaves no trace; conversation is never refused, and neither are other tenants.
        Assert.Single(await third.ListVersionsAsync());
        Assert.Equal(TurnOutcome.Answered, (await third.SendAsync("hello")).Outcome);
        var other = (await (await cluster.Client("other").OpenSessionAsync(TestPictures.Png())).SendAsync("<restore>")).Outcome;
        Assert.Equal(TurnOutcome.RunStarted, other);

        pause.End();
        Assert.Equal(RunStage.Completed, (await first.WaitAsync(running.RunId!)).Stage);
        Assert.Equal(RunStage.Completed, (await second.WaitAsync(queued.RunId!)).Stage);
        await SettledAsync(cluster, images: 2, runs: 2);
        Assert.Equal(TurnOutcome.RunStarted, (await third.SendAsync("<restore>", turnId: "again")).Outcome);
    }

    [Fact]
    public async Task Ledger_RunsThatEnded_AreCountedAndSurviveTheCluster()
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            UsageDay before;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
                var run = (await session.RestoreAsync()).Run!;
                Assert.True(run.DeviceSeconds > 0);
                await session.RestoreAsync("<refine> brighter", new RestorationSettings(GuidanceScale: 2));   // fails: the pipeline has none
                await SettledAsync(cluster, images: 1, runs: 2);
                before = (await cluster.Client().GetTenantAsync()).Today;
                Assert.True(before.DeviceSeconds >= run.DeviceSeconds);
            }

            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                Assert.Equal(before, Assert.Single(await cluster.Client().ListUsageAsync()));
                Assert.Empty(await cluster.Client("other").ListUsageAsync());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task DeviceSeconds_UsedUp_RunsAreRefusedUntilTomorrow()
    {
        await using var cluster = await StartAsync(options => options.Overrides["poor"] = new TenantOverride { DeviceSecondsPerDay = 0.001 });
        cluster.Log.OnStep = (_, _) => Thread.Sleep(1);   // so that ten steps take more than is allowed
        var poor = await cluster.Client("poor").OpenSessionAsync(TestPictures.Png());
        Assert.Equal(RunStage.Completed, (await poor.RestoreAsync()).Run!.Stage);
        await SettledAsync(cluster, images: 1, runs: 1, tenant: "poor");
        var error = await Assert.ThrowsAsync<QuotaExceededException>(() => poor.RestoreAsync());

        Assert.Equal((QuotaLimit.DeviceSecondsPerDay, 0.001), (error.Limit, error.Allowed));
        Assert.True(error.Actual > 0.001);
        Assert.InRange(error.RetryAfter, TimeSpan.Zero, TimeSpan.FromDays(1));
        Assert.Contains("Tenant:Overrides:poor:DeviceSecondsPerDay", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunStage.Completed, (await (await cluster.Client("rich").OpenSessionAsync(TestPictures.Png())).RestoreAsync()).Run!.Stage);
    }

    [Fact]
    public async Task DeviceSeconds_UsedUpWhileARunIsUnderWay_ItGoesOnAndTheNextOneWaitsForTomorrow()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.PostConfigure<TenantOptions>(options =>
                (options.MaxConcurrentRuns, options.DeviceSecondsPerDay, options.LeaseDuration) = (1, 1, TimeSpan.FromSeconds(1)));
        });
        var pause = new Pause();
        cluster.Log.OnStep = (silo, _) =>
        {
            if (pause.IsReached)
                return;
            pause.Hold(silo);
            Thread.Sleep(TimeSpan.FromSeconds(1.1));                            // one step takes more than is allowed
        };
        var (first, second) = (await cluster.Client().OpenSessionAsync(TestPictures.Png()), await cluster.Client().OpenSessionAsync(TestPictures.Png()));
        var running = await first.SendAsync("<restore>");
        await pause.ReachedAsync();
        var waiting = await second.SendAsync("<restore>");
        pause.End();
        var run = await first.WaitAsync(running.RunId!);
        Assert.Equal((RunStage.Completed, 1), (run.Stage, run.Attempt));
        await Eventually.TrueAsync(async () => (await cluster.Client().GetTenantAsync()).Today.Images == 1, "the first run is settled");
        var status = await cluster.Client().GetTenantAsync();
        Assert.Equal((0, 1), (status.ActiveRuns, status.QueuedRuns));
        Assert.Equal(TestPipeline.DefaultSteps, cluster.Log.Steps.Count);

        time.JumpWall(TimeSpan.FromDays(1));
        Assert.Equal(RunStage.Completed, (await second.WaitAsync(waiting.RunId!)).Stage);
    }

    [Fact]
    public async Task Job_OfATenantWithTwoPlaces_WaitsAndLosesNoPicture()
    {
        await using var cluster = await StartAsync(options => (options.MaxConcurrentRuns, options.MaxQueuedRuns, options.ReservedForInteractive) = (2, 0, 0));
        var most = 0;
        cluster.Log.OnStep = (_, rows) => most = Math.Max(most, rows.Count);
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(6, hash), JobSamples.Request);
        var status = await job.WaitAsync();

        Assert.Equal((JobStage.Completed, 6, 0), (status.Stage, status.Completed, status.Quarantined));
        Assert.All(await JobSamples.ResultsAsync(job), result => Assert.Equal(1, result.Attempts));
        Assert.InRange(most, 1, 2);
        await SettledAsync(cluster, images: 6, runs: 6);
    }

    [Fact]
    public async Task Run_CancelledWhileItWaits_GivesItsPlaceBack()
    {
        await using var cluster = await StartAsync(options => (options.MaxConcurrentRuns, options.MaxQueuedRuns) = (1, 1));
        var pause = cluster.Log.PauseAt(_ => true);
        var (first, second) = (await cluster.Client().OpenSessionAsync(TestPictures.Png()), await cluster.Client().OpenSessionAsync(TestPictures.Png()));
        var running = await first.SendAsync("<restore>");
        await pause.ReachedAsync();
        var queued = await second.SendAsync("<restore>");
        Assert.Equal(RunStage.Cancelled, (await second.CancelAsync(queued.RunId!)).Stage);

        var status = await cluster.Client().GetTenantAsync();
        Assert.Equal((1, 0), (status.ActiveRuns, status.QueuedRuns));
        pause.End();
        Assert.Equal(RunStage.Completed, (await first.WaitAsync(running.RunId!)).Stage);
    }

    internal static Task<DarkroomTestCluster> StartAsync(Action<TenantOptions> configure, short silos = 1) =>
        DarkroomTestCluster.StartAsync(silos, configure: services => services.PostConfigure(configure));

    /// <summary>Waits until no run has a place and the ledger says what it should.</summary>
    /// <remarks>A run tells its tenant of its end after it told its readers, and tells it again where the account is taken up by another activation.</remarks>
    internal static async Task SettledAsync(DarkroomTestCluster cluster, long images, long runs, string tenant = "acme")
    {
        var client = cluster.Client(tenant);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var (status, used) = (await client.GetTenantAsync(), await UsedAsync(client));
            if (timeout.IsCancellationRequested)
                Assert.Equal((0, 0, images, runs), (status.ActiveRuns, status.QueuedRuns, used.Images, used.Runs));
            else if ((status.ActiveRuns, status.QueuedRuns, used.Images, used.Runs) == (0, 0, images, runs))
                return;
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private static async Task<(long Images, long Runs)> UsedAsync(Client.DarkroomClient client)
    {
        // Two lines if midnight passes meanwhile.
        var days = await client.ListUsageAsync();
        return (days.Sum(line => line.Images), days.Sum(line => line.Runs));
    }
}
