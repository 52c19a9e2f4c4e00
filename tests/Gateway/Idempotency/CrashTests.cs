using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Idempotency;

/// <summary>The gateway does what it was told, and ends before it has kept its answer: said again, it is still one act.</summary>
public sealed class CrashTests(GatewayApp app) : IClassFixture<GatewayApp>
{
    private readonly HttpClient http = app.Http;

    [Fact]
    public async Task Undo_GoesBackOnce()
    {
        var session = await ThreeVersionsAsync();

        var info = await TwiceAsync($"/v1/sessions/{session}/undo", null);

        Assert.Equal("v1", (string?)info["currentVersionId"]);
    }

    [Fact]
    public async Task Checkout_ThatOthersFollowed_MovesNoMore()
    {
        var session = await ThreeVersionsAsync();
        var path = $"/v1/sessions/{session}/checkout";
        await LoseTheAnswerAsync("checkout-1", path, new { versionId = "v0" });
        await http.PostAsJsonAsync(path, new { versionId = "v1" }).JsonAsync();

        var again = await SendAsync("checkout-1", path, new { versionId = "v0" }).JsonAsync();

        Assert.Equal("v1", (string?)again["currentVersionId"]);
        await SendAsync("checkout-1", path, new { versionId = "v2" }).ProblemAsync(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task Open_WithAMessage_IsOneSessionWithOneRun()
    {
        var before = await CountAsync("sessions");

        var opened = await TwiceAsync("/v1/sessions", new { image = TestPictures.Png().ToArray(), text = "<restore>" }, 201);

        Assert.Equal(before + 1, await CountAsync("sessions"));
        Assert.Equal(2, (int)(await http.GetAsync($"/v1/sessions/{opened["session"]!["session"]}").JsonAsync())["versionCount"]!);
    }

    [Theory]
    [InlineData("messages", """{"text": "<refine> brighter"}""")]
    [InlineData("replay", """{"versionId": "v1", "seed": 5}""")]
    public async Task Message_StartsOneRun(string route, string body)
    {
        var session = await ThreeVersionsAsync();

        var reply = await TwiceAsync($"/v1/sessions/{session}/{route}", JsonNode.Parse(body));

        Assert.Equal("runStarted", (string?)reply["outcome"]);
        Assert.Equal(4, (int)(await http.GetAsync($"/v1/sessions/{session}").JsonAsync())["versionCount"]!);
    }

    [Fact]
    public async Task Run_IsOne()
    {
        var hash = await UploadAsync();

        var run = await TwiceAsync("/v1/runs", new { imageHash = hash, kind = "refine", words = "brighter, only one run" }, 202);

        await foreach (var happened in http.EventsAsync($"/v1/runs/{run["runId"]}/events"))
        {
            if (happened.Name == "ended")
                break;
        }

        Assert.Equal(1, app.Log.Instructions.Count(instruction => instruction.Text.Contains("only one run", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Job_IsOne_AndAPauseThatWasEndedStaysSo()
    {
        var images = new[] { new { name = "a.png", hash = await UploadAsync() } };
        var pause = app.Log.PauseAt(row => row.Seed == 91);
        try
        {
            var before = await CountAsync("jobs");
            var job = (string)(await TwiceAsync("/v1/jobs", new { images, settings = new { seed = 91 } }, 202))["jobId"]!;
            Assert.Equal(before + 1, await CountAsync("jobs"));
            await pause.ReachedAsync();

            await LoseTheAnswerAsync("pause-1", $"/v1/jobs/{job}/pause", null);
            Assert.Equal("paused", (string?)(await http.GetAsync($"/v1/jobs/{job}").JsonAsync())["stage"]);
            await http.PostAsync($"/v1/jobs/{job}/resume", null).JsonAsync();
            var again = await SendAsync("pause-1", $"/v1/jobs/{job}/pause", null).JsonAsync();

            Assert.Equal("running", (string?)again["stage"]);
        }
        finally
        {
            pause.End();
        }
    }

    [Fact]
    public async Task Edit_RunsOnce()
    {
        for (var i = 0; i < 2; i++)
        {
            using var form = GatewayTalk.Form(TestPictures.Png().ToArray(), ("prompt", "brighter, said once"));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/images/edits") { Content = form };
            request.Headers.Add("Idempotency-Key", "edit-1");
            app.Blobs.FailNext(1 - i, "write", "replies/");
            using var response = await http.SendAsync(request);
            Assert.Equal(i == 0 ? 503 : 200, (int)response.StatusCode);
        }

        Assert.Equal(1, app.Log.Instructions.Count(instruction => instruction.Text.Contains("said once", StringComparison.Ordinal)));
    }

    // The first answer is lost, the second is what the first would have been, and the third the same.
    private async Task<JsonNode> TwiceAsync(string path, object? body, int status = 200)
    {
        var key = Guid.NewGuid().ToString("N");
        await LoseTheAnswerAsync(key, path, body);
        var second = await SendAsync(key, path, body).JsonAsync(status);
        var third = await SendAsync(key, path, body).JsonAsync(status);
        Assert.Equal(second.ToJsonString(), third.ToJsonString());
        return second;
    }

    private async Task LoseTheAnswerAsync(string key, string path, object? body)
    {
        app.Blobs.FailNext(1, "write", "replies/");
        await SendAsync(key, path, body).ProblemAsync(503, "storage-failed");
    }

    private Task<HttpResponseMessage> SendAsync(string key, string path, object? body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return http.SendAsync(request);
    }

    private async Task<string> ThreeVersionsAsync()
    {
        var session = await http.OpenAsync();
        await http.RestoreAsync(session);
        await http.RestoreAsync(session, "<refine> brighter");
        return session;
    }

    private async Task<int> CountAsync(string kind) => (await http.GetAsync($"/v1/{kind}?limit=200").JsonAsync())[kind]!.AsArray().Count;

    private async Task<string> UploadAsync()
    {
        using var body = new ByteArrayContent(TestPictures.Png().ToArray());
        body.Headers.ContentType = new("image/png");
        return (string)(await http.PostAsync("/v1/images", body).JsonAsync(201))["hash"]!;
    }
}
