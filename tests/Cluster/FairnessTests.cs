using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

public sealed class FairnessTests
{
    private const int Crowd = 100;
    private const ulong Loner = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Tenants_OneWithAHundredRunsAndOneWithOne_TheSingleRunHasEverySecondPass(int maxBatchSize)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
        {
            services.PostConfigure<DeviceOptions>(options => options.MaxBatchSize = maxBatchSize);
            // Between checkpoints a run is always in the queue or on the device, so the order is the queue's alone.
            services.PostConfigure<RunOptions>(options =>
            {
                options.CheckpointEverySteps = 1000;
                options.CallWait = TimeSpan.FromSeconds(5);
            });
        });
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(_ => true);
        var source = (await (await cluster.Client().OpenSessionAsync(hash)).GetAsync()).Source;
        var crowd = new List<Task> { RestoreAsync(cluster, "crowd", source, 1) };
        await pause.ReachedAsync();
        crowd.AddRange(Enumerable.Range(2, Crowd - 1).Select(seed => RestoreAsync(cluster, "crowd", source, (ulong)seed)));
        var device = cluster.Service<DeviceSet>()["cpu:0"];
        await Eventually.TrueAsync(() => device.QueueDepth == Crowd - 1, "all runs of the crowd wait");
        var alone = RestoreAsync(cluster, "loner", source, Loner);
        await Eventually.TrueAsync(() => device.QueueDepth == Crowd, "the single run waits");
        cluster.Log.OnStep = null;
        pause.End();
        await alone;
        await Task.WhenAll(crowd);

        // The log has a line for each row; the rows of a pass stand together.
        var passes = new List<List<TakenStep>>();
        for (var rows = cluster.Log.Steps.ToList(); rows.Count > 0; rows = rows[rows[0].BatchSize..])
            passes.Add(rows[..rows[0].BatchSize]);
        var first = passes.FindIndex(IsOfLoner);
        var last = passes.FindLastIndex(IsOfLoner);
        var between = passes[first..(last + 1)];
        Assert.Equal(Enumerable.Range(0, TestPipeline.DefaultSteps), between.Where(IsOfLoner).Select(pass => pass.Single(row => row.Seed == Loner).Step));
        Assert.True(between.Count <= (2 * TestPipeline.DefaultSteps) - 1, $"{between.Count} passes from the first to the last step of the single run");
        Assert.Equal((Crowd + 1) * TestPipeline.DefaultSteps, passes.Sum(pass => pass.Count));

        static bool IsOfLoner(List<TakenStep> pass) => pass.Any(row => row.Seed == Loner);
    }

    private static async Task RestoreAsync(DarkroomTestCluster cluster, string tenant, ImageRef source, ulong seed)
    {
        var run = cluster.Grains.GetGrain<IRunGrain>($"{tenant}/{seed}");
        await run.StartAsync(new RunRequest(source, RunKind.Refine, "brighter", null, new RestorationSettings(Seed: seed)), default);
        await foreach (var _ in run.WatchAsync(default))
        {
        }

        Assert.Equal(RunStage.Completed, (await run.GetStatusAsync(default)).Stage);
    }
}
