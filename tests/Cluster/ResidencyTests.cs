using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>Devices whose memory holds one of the models.</summary>
public sealed class ResidencyTests
{
    private const long OneMebibyte = 1 << 20;

    [Fact]
    public async Task Models_MoreThanFit_TheLeastRecentlyUsedGoesAndComesBack()
    {
        await using var cluster = await StartAsync(TimeSpan.Zero);
        var source = await DirectRuns.SourceAsync(cluster);
        var first = await DirectRuns.RestoreAsync(cluster, source, "first", 1, model: "test");
        await DirectRuns.RestoreAsync(cluster, source, "second", 1, model: "other");
        Assert.Equal(["other"], cluster.Service<DeviceSet>()["cpu:0"].Models.Resident);
        Assert.Equal((2, 1), (cluster.Log.LoadedOn.Count, cluster.Log.UnloadedCount));
        var third = await DirectRuns.RestoreAsync(cluster, source, "third", 1, model: "test");

        Assert.Equal(first.Hash, third.Hash);
        Assert.Equal((3, 2), (cluster.Log.LoadedOn.Count, cluster.Log.UnloadedCount));
        Assert.Equal(OneMebibyte, cluster.Service<DeviceSet>()["cpu:0"].Models.SizeBytes);
    }

    [Fact]
    public async Task Model_InUse_StaysUntilItsRunHasEnded()
    {
        await using var cluster = await StartAsync(TimeSpan.Zero);
        var source = await DirectRuns.SourceAsync(cluster);
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        var first = DirectRuns.RestoreAsync(cluster, source, "first", 1, model: "test");
        await pause.ReachedAsync();
        var reads = CountReads(cluster);
        var second = DirectRuns.RestoreAsync(cluster, source, "second", 1, model: "other");
        await Eventually.TrueAsync(() => reads() >= 3, "the second run has tried several times");
        Assert.Equal((1, 0), (cluster.Log.LoadedOn.Count, cluster.Log.UnloadedCount));
        pause.End();

        await Task.WhenAll(first, second);
        // The first run went on with its model, without a second attempt.
        Assert.Equal(1, (await DirectRuns.Get(cluster, "first").GetStatusAsync(default)).Attempt);
        Assert.Equal(2, cluster.Log.LoadedOn.Count);
    }

    [Fact]
    public async Task Models_AskedForByTurns_StayAtLeastTheirTime()
    {
        var time = new JumpingTime();
        var stay = TimeSpan.FromSeconds(60);
        await using var cluster = await StartAsync(stay, services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.PostConfigure<RunOptions>(options => options.DeviceTimeout = TimeSpan.FromHours(1));
        });
        var source = await DirectRuns.SourceAsync(cluster);
        await DirectRuns.RestoreAsync(cluster, source, "first", 1, model: "test");
        var reads = CountReads(cluster);
        var second = DirectRuns.RestoreAsync(cluster, source, "second", 1, model: "other");
        await Eventually.TrueAsync(() => reads() >= 3, "the second run has tried several times");
        await DirectRuns.RestoreAsync(cluster, source, "third", 2, model: "test");
        Assert.Equal((1, 0), (cluster.Log.LoadedOn.Count, cluster.Log.UnloadedCount));

        time.Jump(stay);
        await second;
        Assert.Equal((2, 1), (cluster.Log.LoadedOn.Count, cluster.Log.UnloadedCount));
    }

    [Fact]
    public async Task Models_AskedForByManyAtOnce_AllRunsEnd()
    {
        await using var cluster = await StartAsync(TimeSpan.FromMilliseconds(100));
        var source = await DirectRuns.SourceAsync(cluster);
        string[] models = ["test", "other", NoisyPipeline.ModelName];
        var runs = Enumerable.Range(0, 24).Select(i => DirectRuns.RestoreAsync(cluster, source, $"run-{i}", 1, steps: 5, model: models[i % 3])).ToList();
        var results = await Task.WhenAll(runs);

        for (var model = 0; model < models.Length; model++)
            Assert.Single(results.Where((_, i) => i % 3 == model).Select(result => result.Hash).Distinct());
        // Not one load for each run: those of one model end together.
        Assert.InRange(cluster.Log.LoadedOn.Count, 3, 12);
        Assert.All(Enumerable.Range(0, 24), i => Assert.Equal(RunStage.Completed, DirectRuns.Get(cluster, $"run-{i}").GetStatusAsync(default).GetAwaiter().GetResult().Stage));
    }

    private static Task<DarkroomTestCluster> StartAsync(TimeSpan minimumResidency, Action<IServiceCollection>? configure = null) =>
        DarkroomTestCluster.StartAsync(log: new StepLog { ModelBytes = OneMebibyte }, configure: services =>
        {
            services.PostConfigure<DeviceOptions>(options => (options.ModelMebibytes, options.MinimumResidency) = (1, minimumResidency));
            configure?.Invoke(services);
        });

    // A run reads its picture before it asks for its model.
    private static Func<int> CountReads(DarkroomTestCluster cluster)
    {
        var reads = 0;
        cluster.Blobs.Before = (operation, name) =>
        {
            if (operation == "read" && name.StartsWith("content/", StringComparison.Ordinal))
                Interlocked.Increment(ref reads);
        };
        return () => Volatile.Read(ref reads);
    }
}
