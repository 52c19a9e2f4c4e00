using Microsoft.Extensions.DependencyInjection;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster;

public sealed class BatchingTests
{
    [Fact]
    public async Task Runs_Concurrent_ShareForwardPassesAndEqualTheirSoloResults()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var solo = new List<string>();
        for (ulong seed = 1; seed <= 6; seed++)
            solo.Add(await RestoreAsync(client, hash, seed));
        Assert.All(cluster.Log.Steps, step => Assert.Equal(1, step.BatchSize));
        Assert.Equal(solo.Count, solo.Distinct().Count());
        cluster.Log.Steps.Clear();

        // The first run's first pass stands still until the steps of all others wait for the device.
        var pause = cluster.Log.PauseAt(_ => true);
        var together = Enumerable.Range(1, 6).Select(seed => RestoreAsync(client, hash, (ulong)seed)).ToList();
        await pause.ReachedAsync();
        cluster.Log.OnStep = null;
        pause.End();

        Assert.Equal(solo, await Task.WhenAll(together));
        Assert.Contains(cluster.Log.Steps, step => step.BatchSize > 1);
        Assert.Equal(6 * TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
        foreach (var run in cluster.Log.Steps.GroupBy(step => step.Seed))
            Assert.Equal(Enumerable.Range(0, TestPipeline.DefaultSteps), run.Select(step => step.Step));
    }

    [Fact]
    public async Task Runs_OfDifferentLengths_ShareForwardPassesAtDifferentSteps()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(
            configure: services => services.PostConfigure<RunOptions>(options => options.CheckpointEverySteps = 1000));
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(context => context.Step == 4);
        var longer = RestoreAsync(client, hash, 1, steps: 20);
        await pause.ReachedAsync();
        var shorter = RestoreAsync(client, hash, 2, steps: 3);
        // The first run goes on step by step, and each time waits until something of the second one waits for the device.
        var device = cluster.Service<DeviceSet>()["cpu:0"];
        cluster.Log.OnStep = (_, rows) =>
        {
            if (cluster.Log.Steps.All(step => step.BatchSize == 1) && rows.Count == 1)
                SpinWait.SpinUntil(() => device.QueueDepth > 0, TimeSpan.FromSeconds(10));
        };
        pause.End();
        await Task.WhenAll(longer, shorter);

        var mixed = cluster.Log.Steps.Where(step => step.BatchSize == 2).ToList();
        Assert.Equal([0, 1, 2], mixed.Where(step => step.Seed == 2).Select(step => step.Step));
        Assert.All(mixed.Where(step => step.Seed == 1), step => Assert.InRange(step.Step, 5, 15));
    }

    [Fact]
    public async Task Run_DeviceQueueFull_WaitsAndFinishes()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(
            configure: services => services.PostConfigure<DeviceOptions>(options => options.QueueCapacity = 1));
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(_ => true);
        var first = RestoreAsync(client, hash, 1);
        await pause.ReachedAsync();
        // One of these waits in the queue, which is full then; the others are told that the device is busy.
        var others = Enumerable.Range(2, 3).Select(seed => RestoreAsync(client, hash, (ulong)seed)).ToList();
        var device = cluster.Service<DeviceSet>()["cpu:0"];
        await Eventually.TrueAsync(() => device.RefusedCount >= 2, "two runs were turned away");
        Assert.Equal(1, device.QueueDepth);
        cluster.Log.OnStep = null;
        pause.End();

        Assert.Equal(4, (await Task.WhenAll(others)).Append(await first).Distinct().Count());
    }

    [Fact]
    public async Task Batch_WithOneRowThatBreaksTheModel_FailsThatRunOnly()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var good = await RestoreAsync(client, hash, 1);
        cluster.Log.OnStep = (_, rows) =>
        {
            if (rows.Any(row => row.Seed == 13))
                throw new InvalidOperationException("unlucky seed");
        };
        var bad = (await client.OpenSessionAsync(hash)).RestoreAsync(settings: new RestorationSettings(Seed: 13));
        var again = RestoreAsync(client, hash, 1);

        Assert.Equal(good, await again);
        var run = (await bad).Run!;
        Assert.Equal(RunStage.Failed, run.Stage);
        Assert.Equal(RunErrorCode.Device, run.Error!.Code);
        Assert.Contains("unlucky seed", run.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Run:MaxFailures", run.Error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RestoreAsync(Client.DarkroomClient client, string hash, ulong seed, int? steps = null)
    {
        var session = await client.OpenSessionAsync(hash);
        var restoration = await session.RestoreAsync(settings: new RestorationSettings(Seed: seed, Steps: steps));
        Assert.Equal(RunStage.Completed, restoration.Run!.Stage);
        return restoration.Run.Result!.Hash;
    }
}
