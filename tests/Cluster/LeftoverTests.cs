using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Jobs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Supervision;
using Darkroom.Tests.Cluster.Support;
using Orleans.Serialization;

namespace Darkroom.Tests.Cluster;

/// <summary>A store that fails in the middle of an end leaves nothing behind that nobody knows of, and no end is told before it is kept.</summary>
public sealed class LeftoverTests
{
    [Fact]
    public async Task Result_ThatCannotBeNotedAsTheTenants_IsNotStored()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        cluster.Blobs.FailNext(int.MaxValue, "write", "tenants/unnoted/picture/");
        await DirectRuns.StartAsync(cluster, source, "unnoted", 7, model: "test");
        var ended = await DirectRuns.EndAsync(cluster, "unnoted");

        Assert.Equal((RunStage.Failed, RunErrorCode.Storage), (ended.Stage, ended.Error?.Code));
        Assert.NotEqual(0, cluster.Blobs.FailureCount);
        Assert.Equal([source.Hash], (await NamesAsync(cluster, "content/")).Select(name => name[(name.LastIndexOf('/') + 1)..]));
    }

    [Fact]
    public async Task Checkpoints_ThatCannotBeDeletedAtTheEnd_AreDeletedWhenTheSupervisorAsks()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        cluster.Blobs.FailNext(1, "list", "runs/left/");
        await DirectRuns.RestoreAsync(cluster, source, "left", 7, model: "test");
        await LoneRuns.NothingUnfinishedAsync(cluster);

        Assert.Equal(1, cluster.Blobs.FailureCount);
        Assert.Empty(await NamesAsync(cluster, "runs/"));
    }

    [Fact]
    public async Task Pages_ThatCannotBeDeletedAtTheEnd_AreDeletedWhenTheSupervisorAsks()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        cluster.Blobs.FailNext(1, "list", "jobs/");
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(3, hash), JobSamples.Request);
        Assert.Equal(JobStage.Completed, (await job.WaitAsync()).Stage);
        await LoneRuns.NothingUnfinishedAsync(cluster);

        Assert.Equal(1, cluster.Blobs.FailureCount);
        Assert.Empty(await NamesAsync(cluster, "jobs/"));
        Assert.Equal(3, (await JobSamples.ResultsAsync(job)).Count);
    }

    [Fact]
    public async Task JobStatus_WhileTheEndIsBeingKept_DoesNotTellIt()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        // After the pictures' results, which are all the same, the next content is that of the job; then comes its end.
        string? picture = null;
        cluster.Blobs.Before = (what, name) =>
        {
            if (what == "write" && name.StartsWith("content/", StringComparison.Ordinal) && !cluster.Log.Steps.IsEmpty && (picture ??= name) != name)
                cluster.Blobs.Latency = TimeSpan.FromSeconds(0.5);
        };
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(3, hash), JobSamples.Request, "album");
        var status = await job.GetAsync();
        while (!status.HasEnded)
        {
            await Task.Delay(5, CancellationToken.None);
            status = await job.GetAsync();
        }

        Assert.NotEqual(TimeSpan.Zero, cluster.Blobs.Latency);
        cluster.Blobs.Latency = TimeSpan.Zero;
        var (bytes, _) = (await cluster.Blobs.TryReadBytesAsync("state/job/job/acme%2Falbum"))!.Value;
        Assert.Equal(JobStage.Completed, cluster.Service<Serializer>().Deserialize<JobState>(bytes).Stage);
        Assert.Equal(JobStage.Completed, status.Stage);
    }

    private static async Task<List<string>> NamesAsync(DarkroomTestCluster cluster, string prefix)
    {
        var names = new List<string>();
        await foreach (var blob in cluster.Blobs.ListAsync(prefix))
            names.Add(blob.Name);
        return names;
    }
}
