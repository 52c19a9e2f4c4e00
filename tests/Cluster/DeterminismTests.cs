using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>A run's picture depends on its request alone.</summary>
public sealed class DeterminismTests
{
    private const ulong Seed = 42;
    private const int CheckpointEverySteps = 5;

    // Convolutions add up in another order in another batch, which can move a value over a rounding border.
    private const double OneLevel = 1.001 / 255;

    [Fact]
    public async Task Run_InABatchOfEightWithStrangers_EqualsItselfAlone()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services => services.PostConfigure<RunOptions>(options =>
        {
            options.CheckpointEverySteps = 1000;
            options.CallWait = TimeSpan.FromSeconds(5);
        }));
        var source = await DirectRuns.SourceAsync(cluster);
        var alone = await DirectRuns.RestoreAsync(cluster, source, "alone", Seed);
        Assert.All(cluster.Log.Steps, step => Assert.Equal(1, step.BatchSize));
        cluster.Log.Steps.Clear();

        var pause = cluster.Log.PauseAt(_ => true);
        var first = DirectRuns.RestoreAsync(cluster, source, "stranger-0", 100);
        await pause.ReachedAsync();
        var strangers = Enumerable.Range(1, 6).Select(i => DirectRuns.RestoreAsync(cluster, source, $"stranger-{i}", (ulong)(100 + i), steps: 50 + i)).ToList();
        var together = DirectRuns.RestoreAsync(cluster, source, "together", Seed);
        await Eventually.TrueAsync(() => cluster.Service<DeviceSet>()["cpu:0"].QueueDepth == 7, "all others wait");
        cluster.Log.OnStep = null;
        pause.End();
        var result = await together;
        var others = await Task.WhenAll([first, .. strangers]);

        Assert.Contains(cluster.Log.Steps, step => step is { Seed: Seed, BatchSize: 8 });
        await AssertEqualAsync(cluster, alone, cluster, result);
        Assert.Equal(8, others.Append(result).Select(image => image.Hash).Distinct().Count());
    }

    [Fact]
    public async Task Run_OnOneSiloOrOnAnyOfThree_IsTheSame()
    {
        await using var one = await DarkroomTestCluster.StartAsync();
        var expected = await DirectRuns.RestoreAsync(one, await DirectRuns.SourceAsync(one), "one", Seed);

        await using var three = await DarkroomTestCluster.StartAsync(silos: 3, configure: services =>
            services.PostConfigure<DeviceOptions>(options => options.QueueCapacity = 1));
        var source = await DirectRuns.SourceAsync(three);
        var devices = three.Silos.Select(silo => (silo.Name, Device: three.Service<DeviceSet>(silo.Name)["cpu:0"])).ToList();
        // Loading a model is let into a full queue, where a run would wait for it; with the model there, it is turned away.
        foreach (var (_, device) in devices)
            (await device.Models.UseAsync(NoisyPipeline.ModelName)).Dispose();
        foreach (var (silo, free) in devices)
        {
            using var gate = new ManualResetEventSlim();
            var occupied = devices.Select(pair => pair.Device).Where(device => device != free).ToList();
            // One item on the device and one in its queue, which is full then: the run ends up on the third one, wherever it is sent first.
            var work = occupied.SelectMany(device => Enumerable.Range(0, 2).Select(_ => device.RunAsync(
                () => gate.Wait(TimeSpan.FromSeconds(60)), new WorkClass(RunPriority.Interactive, "other"), isAdmitted: true, default))).ToList();
            await Eventually.TrueAsync(() => occupied.TrueForAll(device => device.QueueDepth == 1), "the other devices are full");
            three.Log.Steps.Clear();
            var result = await DirectRuns.RestoreAsync(three, source, silo, Seed);
            gate.Set();
            Assert.DoesNotContain(false, await Task.WhenAll(work));

            Assert.All(three.Log.Steps, step => Assert.Equal(silo, step.Silo));
            await AssertEqualAsync(one, expected, three, result);
        }
    }

    [Fact]
    public async Task Run_KilledAtStep37Of50AndResumed_EqualsTheUninterruptedOne()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3, configure: services =>
            services.PostConfigure<RunOptions>(options => options.CheckpointEverySteps = CheckpointEverySteps));
        var source = await DirectRuns.SourceAsync(cluster);
        var expected = await DirectRuns.RestoreAsync(cluster, source, "whole", Seed);
        var stepsOfAll = cluster.Log.Steps.Count;
        cluster.Log.Steps.Clear();

        var pause = cluster.Log.PauseAt(context => context is { Tile: 0, Step: 37 });
        var running = DirectRuns.RestoreAsync(cluster, source, "killed", Seed);
        var silo = await pause.ReachedAsync();
        cluster.Log.OnStep = null;
        await cluster.KillAsync(silo, pause);

        await AssertEqualAsync(cluster, expected, cluster, await running);
        Assert.InRange(cluster.Log.Steps.Count, stepsOfAll + 1, stepsOfAll + CheckpointEverySteps + 1);
        Assert.Contains(cluster.Log.Steps, step => step.Silo != silo);
    }

    [Fact]
    public async Task Run_WithAnotherSeed_IsAnotherPicture()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster);
        var first = await DirectRuns.RestoreAsync(cluster, source, "first", Seed);
        var again = await DirectRuns.RestoreAsync(cluster, source, "again", Seed);
        var other = await DirectRuns.RestoreAsync(cluster, source, "other", Seed + 1);
        Assert.Equal(first.Hash, again.Hash);
        Assert.True(await DifferenceAsync(cluster, first, cluster, other) > 10 * OneLevel);
    }

    private static async Task AssertEqualAsync(DarkroomTestCluster clusterOfOne, ImageRef one, DarkroomTestCluster clusterOfOther, ImageRef other) =>
        Assert.InRange(await DifferenceAsync(clusterOfOne, one, clusterOfOther, other), 0, OneLevel);

    private static async Task<double> DifferenceAsync(DarkroomTestCluster clusterOfOne, ImageRef one, DarkroomTestCluster clusterOfOther, ImageRef other)
    {
        var first = await TestPictures.ReadAsync(clusterOfOne.Contents, one.Hash);
        var second = await TestPictures.ReadAsync(clusterOfOther.Contents, other.Hash);
        return first.Pixels.Zip(second.Pixels, (a, b) => Math.Abs((double)a - b)).Max();
    }
}
