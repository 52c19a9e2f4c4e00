using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>Runs without a session.</summary>
internal static class DirectRuns
{
    public static async Task<ImageRef> SourceAsync(DarkroomTestCluster cluster, int width = 40, int height = 28)
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(TestPictures.Slope(width, height)));
        return (await session.GetAsync()).Source;
    }

    public static IRunGrain Get(DarkroomTestCluster cluster, string name) => cluster.Grains.GetGrain<IRunGrain>($"{name}/1");

    public static Task<RunStatus> StartAsync(
        DarkroomTestCluster cluster, ImageRef source, string name, ulong seed, int? steps = null, string model = NoisyPipeline.ModelName) =>
        Get(cluster, name).StartAsync(new RunRequest(source, RunKind.Refine, "brighter", null, new RestorationSettings(Seed: seed, Steps: steps), model), default);

    /// <summary>Starts a run and waits for its picture.</summary>
    public static async Task<ImageRef> RestoreAsync(
        DarkroomTestCluster cluster, ImageRef source, string name, ulong seed, int? steps = null, string model = NoisyPipeline.ModelName)
    {
        await StartAsync(cluster, source, name, seed, steps, model);
        var status = await EndAsync(cluster, name);
        Assert.True(status.Stage == RunStage.Completed, status.Error?.Message);
        return status.Result!;
    }

    /// <summary>Waits for a run's end.</summary>
    public static async Task<RunStatus> EndAsync(DarkroomTestCluster cluster, string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            Assert.False(limit.IsCancellationRequested, $"waited two minutes in vain: the run '{name}' ends");
            // The silo of the run itself may be the one that is killed: then it is asked for again.
            try
            {
                await foreach (var _ in Get(cluster, name).WatchAsync(limit.Token))
                {
                }

                var status = await Get(cluster, name).GetStatusAsync(default);
                if (status.HasEnded)
                    return status;
            }
            catch (Exception error) when (error is Orleans.Runtime.OrleansException or Orleans.Runtime.EnumerationAbortedException or TimeoutException or OperationCanceledException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }
}
