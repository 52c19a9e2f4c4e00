using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Jobs;

public sealed class JobTests : IAsyncLifetime
{
    private DarkroomTestCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await DarkroomTestCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Job_OfGoodAndBadPictures_EachIsInTheResultsOnceWithItsReason()
    {
        var good = await cluster.Client().UploadAsync(TestPictures.Png());
        var notAPicture = await cluster.Client().UploadAsync(new MemoryStream("no picture"u8.ToArray()));
        var items = JobSamples.Items(40, i => i switch { 7 => JobSamples.Missing, 21 => notAPicture, _ => good });
        var job = await cluster.Client().StartJobAsync(items, JobSamples.Request);
        var status = await job.WaitAsync();

        Assert.Equal((JobStage.Completed, 40, 38, 2, 0, 0, 1), (status.Stage, status.Total, status.Completed, status.Quarantined, status.Cancelled, status.Running, status.Attempt));
        var results = await JobSamples.ResultsAsync(job);
        Assert.Equal(Enumerable.Range(0, 40), results.Select(result => result.Index));
        Assert.All(results, result => Assert.Equal(items[result.Index].Name, result.Name));
        Assert.Single(results.Where(result => result.Outcome == JobItemOutcome.Completed).Select(result => result.Result!.Hash).Distinct());
        foreach (var bad in new[] { results[7], results[21] })
            Assert.Equal((JobItemOutcome.Quarantined, RunErrorCode.InvalidImage, 1), (bad.Outcome, bad.Error!.Code, bad.Attempts));
        Assert.Contains(JobSamples.Missing, results[7].Error!.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => cluster.Blobs.ListAsync("jobs/").ToBlockingEnumerable().FirstOrDefault() is null, "the pages are deleted");
    }

    [Fact]
    public async Task Start_SaidAgainUnderTheSameName_IsTheSameJobAndAnotherRequestAConflict()
    {
        var items = JobSamples.Items(4, await UploadAsync());
        var request = JobSamples.Request;
        var job = await cluster.Client().StartJobAsync(items, request, "album");
        await Task.WhenAll(cluster.Client().StartJobAsync(items, request, "album"), cluster.Client().StartJobAsync(items, request, "album"));
        await Assert.ThrowsAsync<JobConflictException>(() => cluster.Client().StartJobAsync(items, request with { Words = "other" }, "album"));
        await Assert.ThrowsAsync<JobConflictException>(() => cluster.Client().StartJobAsync(items[1..], request, "album"));
        await job.WaitAsync();
        var again = await (await cluster.Client().StartJobAsync(items, request, "album")).GetAsync();

        Assert.Equal((JobStage.Completed, 4), (again.Stage, again.Completed));
        Assert.Equal(4 * TestPipeline.DefaultSteps, cluster.Log.Steps.Count);
    }

    [Fact]
    public async Task Job_OfAnotherTenantOrNone_IsNotFound()
    {
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(1, await UploadAsync()), JobSamples.Request, "mine");
        await job.WaitAsync();
        await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.Client("other").Job("mine").GetAsync());
        await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.Client().Job("none").PauseAsync());
    }

    [Fact]
    public async Task Item_WhoseRunFailsOnce_IsTriedAgain()
    {
        var left = new Darkroom.Grains.Runs.RunOptions().MaxFailures;
        cluster.Log.OnStep = (_, _) => ThrowIf(Interlocked.Decrement(ref left) >= 0);
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(1, await UploadAsync()), JobSamples.Request);
        await job.WaitAsync();

        var result = Assert.Single(await JobSamples.ResultsAsync(job));
        Assert.Equal((JobItemOutcome.Completed, 2), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task Item_WhoseRunsAllFail_IsQuarantinedWithTheReason()
    {
        cluster.Log.OnStep = (_, _) => ThrowIf(true);
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(1, await UploadAsync()), JobSamples.Request);
        var status = await job.WaitAsync();

        Assert.Equal((JobStage.Completed, 0, 1), (status.Stage, status.Completed, status.Quarantined));
        var result = Assert.Single(await JobSamples.ResultsAsync(job));
        Assert.Equal((JobItemOutcome.Quarantined, RunErrorCode.Device, 3), (result.Outcome, result.Error!.Code, result.Attempts));
        Assert.Contains("the device broke", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_BeginsNoFurtherPicture_UntilItIsResumed()
    {
        var (job, pause) = await HeldAsync(concurrency: 2, count: 6);
        Assert.Equal(JobStage.Paused, (await job.PauseAsync()).Stage);
        pause.End();
        var paused = await UntilAsync(job, status => status.Running == 0);
        Assert.Equal((JobStage.Paused, 2), (paused.Stage, paused.Completed));
        Assert.Equal(2 * TestPipeline.DefaultSteps, cluster.Log.Steps.Count);

        Assert.Equal(JobStage.Running, (await job.ResumeAsync()).Stage);
        Assert.Equal(6, (await job.WaitAsync()).Completed);
    }

    [Fact]
    public async Task Cancel_MidJob_StopsItsRunsAndEveryPictureIsReported()
    {
        var (job, pause) = await HeldAsync(concurrency: 2, count: 40);
        await job.CancelAsync();
        pause.End();
        var status = await job.WaitAsync();
        var steps = cluster.Log.Steps.Count;

        Assert.Equal((JobStage.Cancelled, 40), (status.Stage, status.Settled));
        Assert.InRange(status.Cancelled, 38, 40);
        var results = await JobSamples.ResultsAsync(job);
        Assert.Equal(Enumerable.Range(0, 40), results.Select(result => result.Index));
        Assert.Equal(status.Cancelled, results.Count(result => result.Outcome == JobItemOutcome.Cancelled));
        Assert.InRange(steps, 0, 2 * TestPipeline.DefaultSteps);
        Assert.Equal(JobStage.Cancelled, (await job.ResumeAsync()).Stage);
    }

    [Fact]
    public async Task Cancel_OfAPausedJob_EndsIt()
    {
        var (job, pause) = await HeldAsync(concurrency: 1, count: 3);
        await job.PauseAsync();
        pause.End();
        await UntilAsync(job, status => status.Running == 0);
        await job.CancelAsync();
        var status = await job.WaitAsync();
        Assert.Equal((JobStage.Cancelled, 1, 2), (status.Stage, status.Completed, status.Cancelled));
    }

    [Fact]
    public async Task Prefix_OfUploads_IsTheManifestAndNobodyElsesBlobsAre()
    {
        foreach (var name in new[] { "uploads/acme/holiday/a.png", "uploads/acme/holiday/b/c.png", "uploads/acme/work.png", "uploads/other/holiday/x.png" })
            await cluster.Blobs.WriteAsync(name, TestPictures.Png());
        await cluster.Blobs.WriteBytesAsync("uploads/acme/holiday/z.txt", "no picture"u8.ToArray());
        var job = await cluster.Client().StartJobAsync(JobSamples.Request with { Prefix = "holiday/" });
        await job.WaitAsync();

        var results = await JobSamples.ResultsAsync(job);
        Assert.Equal(["holiday/a.png", "holiday/b/c.png", "holiday/z.txt"], results.Select(result => result.Name));
        Assert.Equal([JobItemOutcome.Completed, JobItemOutcome.Completed, JobItemOutcome.Quarantined], results.Select(result => result.Outcome));
        await Assert.ThrowsAsync<InvalidRequestException>(() => cluster.Client().StartJobAsync(JobSamples.Request));
    }

    [Theory]
    [InlineData("../other/x.png", null, "is not allowed")]
    [InlineData("a.png", "ABC", "hexadecimal")]
    public async Task List_WithABadLine_FailsTheJobAndNamesTheLine(string name, string? hash, string reason)
    {
        var job = await cluster.Client().StartJobAsync([new JobItem("ok.png", JobSamples.Missing), new JobItem(name, hash)], JobSamples.Request);
        var status = await job.WaitAsync();

        Assert.Equal((JobStage.Failed, RunErrorCode.InvalidRequest), (status.Stage, status.Error!.Code));
        Assert.Contains("Line 2", status.Error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, status.Error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidRequestException>(() => JobSamples.ResultsAsync(job));
    }

    [Fact]
    public async Task Job_OfTenThousandPictures_KeepsASmallState()
    {
        // A page of 16 results and 8 pictures under way, with what they are called.
        const int StateLimit = 32 << 10;
        const int Count = 10_000;
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(Count, JobSamples.Missing), JobSamples.Request);
        var largest = 0L;
        await foreach (var status in job.WatchAsync())
        {
            await foreach (var state in cluster.Blobs.ListAsync("state/job/"))
                largest = Math.Max(largest, state.SizeBytes);
        }

        Assert.InRange(largest, 1, StateLimit);
        Assert.Equal(Count, (await job.GetAsync()).Quarantined);
        Assert.Equal(Enumerable.Range(0, Count), (await JobSamples.ResultsAsync(job)).Select(result => result.Index));
    }

    private static void ThrowIf(bool condition)
    {
        if (condition)
            throw new InvalidOperationException("the device broke");
    }

    private static async Task<JobStatus> UntilAsync(RestorationJob job, Func<JobStatus, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var status in job.WatchAsync(timeout.Token))
        {
            if (condition(status))
                return status;
        }

        throw new InvalidOperationException("The job ended before.");
    }

    private Task<string> UploadAsync() => cluster.Client().UploadAsync(TestPictures.Png());

    // A job whose first pictures stand still in the device.
    private async Task<(RestorationJob Job, Pause Pause)> HeldAsync(int concurrency, int count)
    {
        var pause = cluster.Log.PauseAt(context => context.Step == 3);
        var request = JobSamples.Request with { Concurrency = concurrency };
        var job = await cluster.Client().StartJobAsync(JobSamples.Items(count, await UploadAsync()), request);
        await pause.ReachedAsync();
        await Eventually.TrueAsync(() => job.GetAsync().GetAwaiter().GetResult().Running == concurrency, "all are begun");
        return (job, pause);
    }
}
