using Microsoft.Extensions.DependencyInjection;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
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
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(context => context.Step == 4);
        var longer = RestoreAsync(client, hash, 1, steps: 10);
        await pause.ReachedAsync();
        var shorter = RestoreAsync(client, hash, 2, steps: 3);
        var device = cluster.Service<DeviceSet>()["cpu:0"];
        await Eventually.TrueAsync(() => device.QueueDepth > 0, "the second run's work waits");
        cluster.Log.OnStep = null;
        pause.End();
        await Task.WhenAll(longer, shorter);

        var mixed = cluster.Log.Steps.Where(step => step.BatchSize == 2).ToList();
        Assert.Contains(mixed, step => step.Seed == 1 && step.Step >= 5);
        Assert.Contains(mixed, step => step.Seed == 2 && step.Step <= 2);
    }

    [Fact]
    public async Task Run_DeviceQueueFull_WaitsAndFinishes()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(
            configure: services => services.PostConfigure<DeviceOptions>(options => options.QueueCapacity = 1));
        var client = cluster.Client();
        var hash = await client.UploadAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(_ => true);
        var runs = Enumerable.Range(1, 4).Select(seed => RestoreAsync(client, hash, (ulong)seed)).ToList();
        await pause.ReachedAsync();
        await Eventually.TrueAsync(() => cluster.Service<DeviceSet>()["cpu:0"].QueueDepth == 1, "the queue is full");
        cluster.Log.OnStep = null;
        pause.End();

        Assert.Equal(4, (await Task.WhenAll(runs)).Distinct().Count());
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
