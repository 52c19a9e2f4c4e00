using System.IO.Compression;
using System.Net;
using Darkroom.Client.Http;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Client;

/// <summary>The client library's jobs against a real gateway.</summary>
public sealed class ClientJobTests : IClassFixture<GatewayApp>, IDisposable
{
    private readonly FaultyHandler faults = new();
    private readonly GatewayApp app;
    private readonly HttpClient http;
    private readonly DarkroomHttpClient client;

    public ClientJobTests(GatewayApp app)
    {
        this.app = app;
        http = new HttpClient(faults) { BaseAddress = app.Address };
        client = new DarkroomHttpClient(http, time: new HurriedTime());
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task Start_FilesWithAnyNames_GivesProgressResultsAndArchive()
    {
        string[] names = ["Strand/<b>\"eins\"</b> ü.png", "two.jpg", "three.png"];
        var opened = 0;
        var job = await client.Jobs.StartAsync(
            [new JobFile(names[0], Open), new JobFile(names[1], Open), new JobFile(names[2], () => new MemoryStream("no picture"u8.ToArray()))],
            new JobOrder(RunKind.Refine, "brighter", new RestorationSettings(Seed: 5), Concurrency: 1, Name: "by-client"), cancellationToken: Stop);

        var seen = new List<JobStatus>();
        await foreach (var status in client.Jobs.WatchAsync("by-client", Stop))
            seen.Add(status);

        Assert.Equal(("by-client", 2), (job.JobId, opened));
        Assert.Equal((JobStage.Completed, 2, 1), (seen[^1].Stage, seen[^1].Completed, seen[^1].Quarantined));
        Assert.Equal(seen.Select(status => status.Settled).Order(), seen.Select(status => status.Settled));
        // The results are read over a connection that breaks twice.
        var lines = 0;
        faults.After = (response, _) => response.Content.Headers.ContentType?.MediaType == "application/jsonl" && lines++ < 2 ? FaultyHandler.Cut(response, 350 * lines) : response;
        var results = await ResultsAsync("by-client");
        Assert.Equal(names, results.OrderBy(result => result.Index).Select(result => result.Name));
        Assert.Equal(3, lines);
        Assert.Equal(JobItemOutcome.Quarantined, results.Single(result => result.Index == 2).Outcome);
        // So is the archive, which begins anew.
        var archives = 0;
        faults.After = (response, _) => response.Content.Headers.ContentType?.MediaType == "application/zip" && archives++ == 0 ? FaultyHandler.Cut(response, 100) : response;
        using var file = new MemoryStream();
        file.Write("before"u8);
        await client.Jobs.DownloadResultsAsync("by-client", file, Stop);
        using var zip = new ZipArchive(new MemoryStream(file.ToArray()[6..]));
        Assert.Contains(zip.Entries, entry => entry.FullName == "two.png");
        Assert.Equal(3, zip.Entries.Count);

        Stream Open()
        {
            opened++;
            return TestPictures.Png();
        }
    }

    [Fact]
    public async Task Start_ZipPrefixAndImages_TakeThem()
    {
        using var zip = new MemoryStream(JobTests.Zip(("a.png", TestPictures.Png().ToArray()), ("sub/b.png", TestPictures.Png(TestPictures.Slope(9, 9)).ToArray())));
        foreach (var name in (string[])["klient/ä 1.png", "klient/2.png", "else.png"])
        {
            using var file = TestPictures.Png();
            Assert.Equal(file.Length, (await client.Uploads.PutAsync(name, file, Stop)).SizeBytes);
        }

        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);

        var fromZip = await client.Jobs.StartFromZipAsync(zip, cancellationToken: Stop);
        var fromPrefix = await client.Jobs.StartFromPrefixAsync("klient/", cancellationToken: Stop);
        var fromImages = await client.Jobs.StartFromImagesAsync([new JobPicture("x.png", image.Hash)], new JobOrder(Name: "of-images"), cancellationToken: Stop);

        Assert.Equal(2, (await client.Jobs.WaitAsync(fromZip.JobId, cancellationToken: Stop)).Completed);
        Assert.Equal(2, (await client.Jobs.WaitAsync(fromPrefix.JobId, cancellationToken: Stop)).Completed);
        Assert.Equal(1, (await client.Jobs.WaitAsync(fromImages.JobId, cancellationToken: Stop)).Completed);
        Assert.Equal(["klient/2.png", "klient/ä 1.png"], (await ResultsAsync(fromPrefix.JobId)).Select(result => result.Name).Order(StringComparer.Ordinal));
        await client.Uploads.DeleteAsync("klient/ä 1.png", Stop);
        var left = new List<string>();
        await foreach (var upload in client.Uploads.ListAsync("klient/", Stop))
            left.Add(upload.Name);
        Assert.Equal(["klient/2.png"], left);
        var jobs = new List<string>();
        await foreach (var job in client.Jobs.ListAsync(Stop))
            jobs.Add(job.JobId);
        Assert.Contains("of-images", jobs);
    }

    [Fact]
    public async Task PauseResumeCancelRetry_ChangeTheJob()
    {
        using var picture = TestPictures.Png();
        var image = await client.Images.UploadAsync(picture, cancellationToken: Stop);
        var pause = app.Log.PauseAt(row => row.Seed == 78);
        try
        {
            var job = (await client.Jobs.StartFromImagesAsync(
                Enumerable.Range(0, 4).Select(i => new JobPicture($"{i}.png", image.Hash)), new JobOrder(Settings: new RestorationSettings(Seed: 78), Concurrency: 1), cancellationToken: Stop)).JobId;
            await pause.ReachedAsync();

            var early = await Assert.ThrowsAsync<DarkroomHttpException>(() => ResultsAsync(job));
            Assert.Equal((HttpStatusCode.Conflict, "conflict"), (early.Status, early.Code));
            Assert.Equal(JobStage.Paused, (await client.Jobs.PauseAsync(job, Stop)).Stage);
            Assert.Equal(JobStage.Running, (await client.Jobs.ResumeAsync(job, Stop)).Stage);
            await client.Jobs.CancelAsync(job, Stop);
            pause.End();
            Assert.Equal(JobStage.Cancelled, (await client.Jobs.WaitAsync(job, cancellationToken: Stop)).Stage);
            var again = await client.Jobs.RetryAsync(job, "again-by-client", cancellationToken: Stop);
            Assert.Equal("again-by-client", again.JobId);
            Assert.Equal(JobStage.Completed, (await client.Jobs.WaitAsync(again.JobId, cancellationToken: Stop)).Stage);
            Assert.Equal(JobStage.Completed, (await client.Jobs.GetAsync(again.JobId, Stop)).Stage);
        }
        finally
        {
            pause.End();
        }
    }

    private async Task<List<JobItemResult>> ResultsAsync(string job)
    {
        var results = new List<JobItemResult>();
        await foreach (var result in client.Jobs.ResultsAsync(job, Stop))
            results.Add(result);
        return results;
    }
}
