using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Jobs;

public sealed class JobFaultTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Job_OfTwoHundredPicturesWhileSilosDie_EveryPictureIsReportedOnceAndNoneIsLost()
    {
        const int Count = 200;
        const int PicturesBetweenKills = 25;
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var expected = (await session.RestoreAsync()).Run!.Result!.Hash;
        var good = (await session.GetAsync()).Source.Hash;
        cluster.Log.Steps.Clear();

        var job = await cluster.Client().StartJobAsync(JobSamples.Items(Count, i => i % 20 == 13 ? JobSamples.Missing : good), JobSamples.Request);
        var kills = 0;
        await foreach (var glimpse in job.WatchAsync())
        {
            if (glimpse.HasEnded || glimpse.Settled < PicturesBetweenKills * (kills + 1))
                continue;
            // Always the oldest: each of the first three goes, so that the job's own silo is among them.
            kills++;
            await cluster.StartSiloAsync();
            await cluster.KillAsync(cluster.Silos[0].Name);
        }

        var status = await job.GetAsync();
        var results = await JobSamples.ResultsAsync(job);
        var steps = cluster.Log.Steps.Count;
        output.WriteLine($"{kills} silos killed; {status.Completed} restored, {status.Quarantined} quarantined, job attempt {status.Attempt}, {steps} steps for {status.Completed * TestPipeline.DefaultSteps}, {results.Max(result => result.Attempts)} attempts at most, {status.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(kills, 3, Count / PicturesBetweenKills);
        Assert.True(status.Attempt > 1, "the job's own silo was killed");
        Assert.Equal((JobStage.Completed, Count, 190, 10, 0), (status.Stage, status.Total, status.Completed, status.Quarantined, status.Cancelled));
        Assert.Equal(Enumerable.Range(0, Count), results.Select(result => result.Index));
        Assert.All(results, result => Assert.Equal(result.Index % 20 == 13 ? JobItemOutcome.Quarantined : JobItemOutcome.Completed, result.Outcome));
        Assert.All(results.Where(result => result.Outcome == JobItemOutcome.Completed), result => Assert.Equal(expected, result.Result!.Hash));
        Assert.All(results.Where(result => result.Outcome == JobItemOutcome.Quarantined), result => Assert.Equal(RunErrorCode.InvalidImage, result.Error!.Code));
        // What was done before a silo died is not done again: only the pictures under way go back to their last checkpoint, or to their start.
        const int Concurrency = 8;
        Assert.InRange(steps, 190 * TestPipeline.DefaultSteps, (190 + (kills * Concurrency)) * TestPipeline.DefaultSteps);
    }

    [Fact]
    public async Task Cluster_LostMidJob_GoesOnWithoutDoingFinishedPicturesAgain()
    {
        const int Count = 40;
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            int before;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var hash = await cluster.Client().UploadAsync(TestPictures.Png());
                var pause = new Pause();
                cluster.Log.OnStep = (silo, rows) =>
                {
                    if (cluster.Log.Steps.Count > 20 * TestPipeline.DefaultSteps && !pause.IsReached)
                        pause.Hold(silo);
                };
                await cluster.Client().StartJobAsync(JobSamples.Items(Count, hash), JobSamples.Request, "album");
                var silo = await pause.ReachedAsync();
                var killing = cluster.KillAsync(silo);
                pause.End();
                await killing;
                before = cluster.Log.Steps.Count;
            }

            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var job = cluster.Client().Job("album");
                var status = await job.WaitAsync();
                Assert.Equal((JobStage.Completed, Count, 2), (status.Stage, status.Completed, status.Attempt));
                Assert.Equal(Enumerable.Range(0, Count), (await JobSamples.ResultsAsync(job)).Select(result => result.Index));
                const int Concurrency = 8;
                Assert.InRange(before + cluster.Log.Steps.Count, Count * TestPipeline.DefaultSteps, (Count + Concurrency) * TestPipeline.DefaultSteps);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task State_WrittenByAnotherActivation_ThisOneStandsBackAndEveryPictureEndsOnce()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var pause = cluster.Log.PauseAt(context => context.Step == 5);
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(20, hash), JobSamples.Request);
        await pause.ReachedAsync();
        await foreach (var state in cluster.Blobs.ListAsync("state/job/"))
        {
            var (bytes, _) = (await cluster.Blobs.TryReadBytesAsync(state.Name))!.Value;
            await cluster.Blobs.WriteBytesAsync(state.Name, bytes);
        }

        pause.End();
        var status = await job.WaitAsync();
        Assert.Equal((JobStage.Completed, 20, 2), (status.Stage, status.Completed, status.Attempt));
        Assert.Equal(Enumerable.Range(0, 20), (await JobSamples.ResultsAsync(job)).Select(result => result.Index));
        Assert.Equal(20 * TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
    }

    [Theory]
    [InlineData("write", "state/job/")]
    [InlineData("write", "/manifest-")]
    [InlineData("write", "/results-")]
    [InlineData("read", "/manifest-")]
    [InlineData("read", "/results-")]
    [InlineData("write", "state/run/")]
    public async Task BlobStore_FailsTwiceDuringAJob_TheJobEndsAllTheSame(string operation, string name)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        cluster.Blobs.FailNext(2, operation, name);
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(20, hash), JobSamples.Request);
        var status = await job.WaitAsync();

        Assert.Equal(2, cluster.Blobs.FailureCount);
        Assert.Equal((JobStage.Completed, 20), (status.Stage, status.Completed));
        Assert.Equal(Enumerable.Range(0, 20), (await JobSamples.ResultsAsync(job)).Select(result => result.Index));
    }

    [Fact]
    public async Task BlobStore_LosesAcknowledgements_NothingIsDoneTwice()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var hash = await cluster.Client().UploadAsync(TestPictures.Png());
        var writes = 0;
        cluster.Blobs.LosesAcknowledgement = name =>
            name.Contains("state/job/", StringComparison.Ordinal) && Interlocked.Increment(ref writes) is 1 or 4 or 12;
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(20, hash), JobSamples.Request, "album");
        var status = await job.WaitAsync();

        Assert.Equal(3, cluster.Blobs.FailureCount);
        Assert.Equal((JobStage.Completed, 20), (status.Stage, status.Completed));
        Assert.Equal(Enumerable.Range(0, 20), (await JobSamples.ResultsAsync(job)).Select(result => result.Index));
        Assert.Equal(20 * TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
    }
}
