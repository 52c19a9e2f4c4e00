using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Supervision;

/// <summary>Runs that are started and left alone: nobody watches them or asks for them.</summary>
internal static class LoneRuns
{
    /// <summary>Starts runs of one tile each, with seeds 0, 1, 2 ...</summary>
    /// <returns>Their ids.</returns>
    public static async Task<string[]> StartAsync(DarkroomTestCluster cluster, int count, int steps = TestPipeline.DefaultSteps)
    {
        var file = TestPictures.Png();
        var sizeBytes = file.Length;
        var source = new ImageRef(await cluster.Client().UploadAsync(file), 24, 16, "image/png", sizeBytes);
        var ids = Enumerable.Range(0, count).Select(i => $"acme/alone-{i}").ToArray();
        for (var i = 0; i < count; i++)
        {
            var request = new RunRequest(source, RunKind.Refine, "brighter", null, new RestorationSettings { Seed = (ulong)i, Steps = steps });
            await cluster.Grains.GetGrain<IRunGrain>(ids[i]).StartAsync(request, default);
        }

        return ids;
    }

    public static Task<RunStatus[]> StatusAsync(DarkroomTestCluster cluster, IEnumerable<string> ids) =>
        Task.WhenAll(ids.Select(id => AskAsync(cluster.Grains.GetGrain<IRunGrain>(id))));

    /// <summary>Waits until nothing is unfinished, without a word to any grain.</summary>
    public static async Task NothingUnfinishedAsync(DarkroomTestCluster cluster)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (await CountAsync(cluster) is var left and > 0)
        {
            Assert.False(timeout.IsCancellationRequested, $"waited 90 s in vain: {left} runs and jobs are unfinished");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    // The client's own gateway may have been among the silos that died.
    private static async Task<RunStatus> AskAsync(IRunGrain run)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                return await run.GetStatusAsync(timeout.Token);
            }
            catch (Exception error) when (error is not DarkroomException && !timeout.IsCancellationRequested)
            {
                await Task.Delay(50, timeout.Token);
            }
        }
    }

    /// <summary>Counts the entries of the register.</summary>
    public static async Task<int> CountAsync(DarkroomTestCluster cluster)
    {
        var count = 0;
        await foreach (var _ in cluster.Blobs.ListAsync("unfinished/"))
            count++;
        return count;
    }
}
