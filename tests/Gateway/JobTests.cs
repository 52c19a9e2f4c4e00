using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

public sealed class JobTests(GatewayApp app) : IClassFixture<GatewayApp>
{
    private readonly HttpClient http = app.Http;

    [Fact]
    public async Task Start_Files_RestoresEachAndGivesResults()
    {
        using var form = new MultipartFormDataContent { { new StringContent("""{"kind": "refine", "words": "brighter", "name": "holiday"}"""), "request" } };
        form.Add(new ByteArrayContent(TestPictures.Png().ToArray()), "files", "beach/<b>one</b>.png");
        form.Add(new ByteArrayContent(TestPictures.Png(TestPictures.Slope(20, 20)).ToArray()), "files", "two.jpg");
        form.Add(new ByteArrayContent("no picture"u8.ToArray()), "files", "three.png");

        var started = await http.PostAsync("/v1/jobs", form).JsonAsync(202);

        Assert.Equal("holiday", (string?)started["jobId"]);
        var ended = await EndAsync("holiday");
        Assert.Equal((2, 1), ((int)ended["completed"]!, (int)ended["quarantined"]!));
        var lines = await LinesAsync("holiday");
        var one = lines.Single(line => (int)line["index"]! == 0);
        // Shown as text by whoever shows it; never changed on the way.
        Assert.Equal("beach/<b>one</b>.png", (string?)one["name"]);
        using (var picture = await http.GetAsync($"/v1/images/{one["result"]!["hash"]}"))
            Assert.True(picture.IsSuccessStatusCode);
        Assert.Equal("quarantined", (string?)lines.Single(line => (int)line["index"]! == 2)["outcome"]);
        await using var zip = new ZipArchive(await http.GetStreamAsync("/v1/jobs/holiday/results.zip"));
        Assert.Equal(["beach/<b>one</b>.png", "results.jsonl", "two.png"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        using var first = new MemoryStream();
        await using (var entry = await zip.GetEntry("two.png")!.OpenAsync())
            await entry.CopyToAsync(first);
        Assert.Equal(20, new Imaging.Codecs.ImageDecoder(new Imaging.ImagingOptions()).Identify(first.ToArray()).Width);
    }

    [Fact]
    public async Task Start_Zip_TakesTheFilesInIt()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Zip(("a.png", TestPictures.Png().ToArray()), ("sub/b.png", TestPictures.Png(TestPictures.Slope(9, 9)).ToArray()), ("__MACOSX/._a.png", [1]))), "zip", "all.zip" } };

        var started = await http.PostAsync("/v1/jobs", form).JsonAsync(202);

        var ended = await EndAsync((string)started["jobId"]!);
        Assert.Equal((2, 2), ((int)ended["total"]!, (int)ended["completed"]!));
    }

    [Fact]
    public async Task Start_Prefix_TakesUploadsOfThatName()
    {
        foreach (var name in (string[])["trip/1.png", "trip/2.png", "other.png"])
        {
            using var body = new ByteArrayContent(TestPictures.Png().ToArray());
            await http.PutAsync($"/v1/uploads/{name}", body).JsonAsync(201);
        }

        var listed = await http.GetAsync("/v1/uploads?prefix=trip/&limit=1").JsonAsync();
        Assert.Equal("trip/1.png", (string?)listed["next"]);
        var started = await http.PostAsJsonAsync("/v1/jobs", new { prefix = "trip/" }).JsonAsync(202);

        var ended = await EndAsync((string)started["jobId"]!);
        Assert.Equal(2, (int)ended["completed"]!);
        using var deleted = await http.DeleteAsync("/v1/uploads/trip/1.png");
        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Single((await http.GetAsync("/v1/uploads?prefix=trip/").JsonAsync())["uploads"]!.AsArray());
    }

    [Fact]
    public async Task Events_TellOfEveryJob_AlsoOfThoseStartedLater()
    {
        var first = await StartAsync("told-1");
        await EndAsync(first);
        var stages = new Dictionary<string, List<string>>();
        var begun = false;
        await foreach (var happened in http.EventsAsync("/v1/events"))
        {
            if (happened.Name == "jobs")
            {
                Assert.Contains(happened.Data["jobs"]!.AsArray(), one => (string?)one!["jobId"] == first && (bool)one["hasEnded"]!);
                begun = true;
                await StartAsync("told-2");
            }
            else if (happened.Name == "job")
            {
                Assert.True(begun);
                var name = (string)happened.Data["jobId"]!;
                stages.TryAdd(name, []);
                stages[name].Add((string)happened.Data["stage"]!);
                if (name == "told-2" && (bool)happened.Data["hasEnded"]!)
                    break;
            }
        }

        Assert.Equal("completed", stages["told-2"][^1]);
        Assert.DoesNotContain(first, stages.Keys);
    }

    [Fact]
    public async Task PauseResumeCancel_ChangeTheJob()
    {
        using var body = new ByteArrayContent(TestPictures.Png().ToArray());
        body.Headers.ContentType = new("image/png");
        var hash = (string)(await http.PostAsync("/v1/images", body).JsonAsync(201))["hash"]!;
        var pause = app.Log.PauseAt(row => row.Seed == 77);
        try
        {
            var images = Enumerable.Range(0, 5).Select(i => new { name = $"{i}.png", hash });
            var job = (string)(await http.PostAsJsonAsync("/v1/jobs", new { images, settings = new { seed = 77 }, concurrency = 1 }).JsonAsync(202))["jobId"]!;
            await pause.ReachedAsync();

            await http.GetAsync($"/v1/jobs/{job}/results").ProblemAsync(409, "conflict");
            Assert.Equal("paused", (string?)(await http.PostAsync($"/v1/jobs/{job}/pause", null).JsonAsync())["stage"]);
            Assert.Equal("running", (string?)(await http.PostAsync($"/v1/jobs/{job}/resume", null).JsonAsync())["stage"]);
            await http.PostAsync($"/v1/jobs/{job}/cancel", null).JsonAsync();
            pause.End();
            Assert.Equal("cancelled", (string?)(await EndAsync(job))["stage"]);
            Assert.Equal(5, (await LinesAsync(job)).Count);
            Assert.Contains(job, (await http.GetAsync("/v1/jobs").JsonAsync())["jobs"]!.AsArray().Select(one => (string?)one!["jobId"]));
            var again = await http.PostAsync($"/v1/jobs/{job}/retry", null).JsonAsync(202);
            Assert.Equal(0, (int)(await EndAsync((string)again["jobId"]!))["quarantined"]!);
        }
        finally
        {
            pause.End();
        }
    }

    [Fact]
    public async Task Start_WithAKey_IsOneJob()
    {
        var names = new List<string?>();
        for (var i = 0; i < 2; i++)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(TestPictures.Png().ToArray()), "files", "x.png" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = form };
            request.Headers.Add("Idempotency-Key", "job-key");
            names.Add((string?)(await http.SendAsync(request).JsonAsync(202))["jobId"]);
        }

        Assert.Equal(names[0], names[1]);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"prefix": "a", "images": []}""")]
    [InlineData("""{"prefix": "../other/"}""")]
    [InlineData("""{"prefix": "a", "concurrency": 0}""")]
    [InlineData("""{"images": []}""")]
    public async Task Start_WithoutOneClearSource_IsRefused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await http.PostAsync("/v1/jobs", content);

        // A prefix is only looked at when the job lists it.
        if (body.Contains("..", StringComparison.Ordinal))
            Assert.Equal("failed", (string?)(await EndAsync((string)(await Task.FromResult(response).JsonAsync(202))["jobId"]!))["stage"]);
        else
            Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Get_NoSuchJob_IsMissing() => await http.GetAsync("/v1/jobs/none").ProblemAsync(404, "not-found");

    public static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return buffer.ToArray();
    }

    private async Task<string> StartAsync(string name)
    {
        using var form = new MultipartFormDataContent { { new StringContent($$"""{"name": "{{name}}"}"""), "request" } };
        form.Add(new ByteArrayContent(TestPictures.Png().ToArray()), "files", "x.png");
        return (string)(await http.PostAsync("/v1/jobs", form).JsonAsync(202))["jobId"]!;
    }

    private async Task<JsonNode> EndAsync(string job)
    {
        await foreach (var happened in http.EventsAsync($"/v1/jobs/{job}/events"))
        {
            if (happened.Name == "ended")
                return happened.Data;
        }

        throw new InvalidOperationException("the stream ended");
    }

    private async Task<List<JsonNode>> LinesAsync(string job) =>
        [.. (await http.GetStringAsync($"/v1/jobs/{job}/results")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
