using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

public sealed class RoutingTests
{
    [Fact]
    public async Task Devices_TwoInOneSilo_WorkIndependently()
    {
        string[] names = ["cpu:0", "cpu:1"];
        await using var cluster = await DarkroomTestCluster.StartAsync(
            configure: services => services.PostConfigure<DeviceOptions>(options => (options.Names, options.QueueCapacity) = (names, 1)));
        var source = await DirectRuns.SourceAsync(cluster);
        var devices = cluster.Service<DeviceSet>();
        foreach (var name in names)
            (await devices[name].Models.UseAsync(NoisyPipeline.ModelName)).Dispose();
        var results = new List<string>();
        foreach (var name in names)
        {
            // One device stands still, and its queue is full: the run ends on the other one meanwhile.
            using var gate = new ManualResetEventSlim();
            var work = Enumerable.Range(0, 2).Select(_ => devices[name].RunAsync(
                () => gate.Wait(TimeSpan.FromSeconds(60)), new WorkClass(RunPriority.Interactive, "other"), isAdmitted: true, default)).ToList();
            await Eventually.TrueAsync(() => devices[name].QueueDepth == 1, "the device is full");
            results.Add((await DirectRuns.RestoreAsync(cluster, source, name.Replace(':', '-'), 1)).Hash);
            gate.Set();
            Assert.DoesNotContain(false, await Task.WhenAll(work));
        }

        Assert.Single(results.Distinct());
    }

    [Fact]
    public async Task Run_RoutedToADeviceThatIsDead_IsReroutedNotFailed()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster);
        // Has everything to be chosen first, but is not there any more.
        await cluster.Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ReportAsync(
            new SiloReport("127.0.0.1:1@1", [new DeviceReport("cpu:0", 0, 100, [NoisyPipeline.ModelName])], [NoisyPipeline.ModelName], NoisyPipeline.ModelName), default);
        await DirectRuns.RestoreAsync(cluster, source, "first", 1);

        Assert.Equal((RunStage.Completed, 2), await StageAsync(cluster, "first"));
    }

    [Fact]
    public async Task Silo_ThatIsKilled_IsForgottenWithinFiveSecondsAndTheNextRunGoesElsewhere()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2, configure: services => services.AddSingleton<TimeProvider>(time));
        var source = await DirectRuns.SourceAsync(cluster);
        await DirectRuns.RestoreAsync(cluster, source, "first", 1);
        var dead = cluster.Log.Steps.Last().Silo;
        var address = cluster.Silos.Single(silo => silo.Name == dead).SiloAddress.ToParsableString();
        await cluster.KillAsync(dead);
        time.Jump(TimeSpan.FromSeconds(5.1));

        Assert.DoesNotContain(await ReportsAsync(cluster), report => report.Silo == address);
        await DirectRuns.RestoreAsync(cluster, source, "second", 1);
        Assert.Equal((RunStage.Completed, 1), await StageAsync(cluster, "second"));
        Assert.NotEqual(dead, cluster.Log.Steps.Last().Silo);
    }

    [Fact]
    public async Task Report_OfADeviceThatWorks_TellsItsStepAndLoadTimes()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster);
        await DirectRuns.RestoreAsync(cluster, source, "first", 1);
        await DirectRuns.RestoreAsync(cluster, source, "second", 1);
        await KnowsAsync(cluster, reports => reports is [{ Devices: [{ ResidentModels: [NoisyPipeline.ModelName] } device] }]
            && device.ExpectedWork == TimeSpan.Zero && device.RunTime > TimeSpan.Zero && device.LoadTime > TimeSpan.Zero && device.LoadTime != TimeSpan.FromSeconds(5));
    }

    private static async Task<(RunStage Stage, int Attempt)> StageAsync(DarkroomTestCluster cluster, string name)
    {
        var status = await DirectRuns.Get(cluster, name).GetStatusAsync(default);
        return (status.Stage, status.Attempt);
    }

    private static async Task<IReadOnlyList<SiloReport>> ReportsAsync(DarkroomTestCluster cluster) =>
        await cluster.Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(default);

    private static async Task KnowsAsync(DarkroomTestCluster cluster, Func<IReadOnlyList<SiloReport>, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition(await ReportsAsync(cluster)))
            await Task.Delay(5, timeout.Token);
    }
}
