using System.Net;
using System.Net.Http.Json;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

public sealed class SessionTests(GatewayApp app) : IClassFixture<GatewayApp>
{
    private readonly HttpClient http = app.Http;

    [Fact]
    public async Task Open_FormWithPictureAndText_RestoresAndTellsIt()
    {
        using var form = GatewayTalk.Form(TestPictures.Png().ToArray(), ("text", "<restore>"), ("name", "first"));

        var opened = await http.PostAsync("/v1/sessions", form).JsonAsync(201);

        Assert.Equal("first", (string?)opened["session"]!["session"]);
        Assert.Equal(24, (int)opened["session"]!["source"]!["width"]!);
        Assert.Null(opened["session"]!["tenant"]);
        Assert.Equal("runStarted", (string?)opened["reply"]!["outcome"]);
        var run = (string)opened["reply"]!["runId"]!;
        Assert.DoesNotContain("/", run, StringComparison.Ordinal);
        var names = new List<string>();
        await foreach (var happened in http.EventsAsync("/v1/sessions/first/events"))
        {
            names.Add(happened.Name);
            if (happened.Name == "versionReady")
                break;
        }

        Assert.Equal(["opened", "runStarted", "versionReady"], names.Where(name => name is not ("ping" or "progress")));
        var status = await http.GetAsync($"/v1/runs/{run}").JsonAsync();
        Assert.Equal("completed", (string?)status["stage"]);
        using var picture = await http.GetAsync($"/v1/images/{status["result"]!["hash"]}");
        Assert.Equal("image/png", picture.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Open_JsonWithBase64_IsTheSameAsAForm()
    {
        var image = TestPictures.Png().ToArray();

        var opened = await http.PostAsJsonAsync("/v1/sessions", new { image, text = "Are you ready?" }).JsonAsync(201);

        Assert.Equal("I'm ready!", (string?)opened["reply"]!["answer"]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(image)), (string?)opened["session"]!["source"]!["hash"]);
    }

    [Fact]
    public async Task Message_WithPictureForANewName_OpensTheSession()
    {
        using var form = GatewayTalk.Form(TestPictures.Png().ToArray(), ("text", "describe it"));

        var reply = await http.PostAsync("/v1/sessions/brand-new/messages", form).JsonAsync();

        Assert.Equal("answered", (string?)reply["outcome"]);
        Assert.Contains("dark", (string?)reply["description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_LastEventId_GoesOnBehindIt()
    {
        var session = await http.OpenAsync();
        for (var i = 0; i < 3; i++)
            await http.SayAsync(session, "hello").JsonAsync();
        string? last = null;
        await foreach (var happened in http.EventsAsync($"/v1/sessions/{session}/events"))
        {
            last = happened.Id ?? last;
            if (last == "2")
                break;
        }

        var rest = new List<long>();
        await foreach (var happened in http.EventsAsync($"/v1/sessions/{session}/events", last))
        {
            if (happened.Name == "answered")
                rest.Add((long)happened.Data["sequence"]!);
            if (rest.Count == 2)
                break;
        }

        Assert.Equal([3, 4], rest);
    }

    [Fact]
    public async Task Events_InTheMiddleOfARun_ShowHowFarItIs()
    {
        var session = await http.OpenAsync();
        using var pause = new EndedPause(app.Log.PauseAt(row => row.Step == 3));
        var reply = await http.SayAsync(session, "<restore>").JsonAsync();
        await pause.Pause.ReachedAsync();

        var seen = new List<string>();
        // As a page that is loaded again: it knows everything up to the run's start.
        await foreach (var happened in http.EventsAsync($"/v1/sessions/{session}/events", reply["sequence"]!.ToString()))
        {
            seen.Add(happened.Name);
            if (happened.Name == "progress")
            {
                Assert.Equal((string?)reply["runId"], (string?)happened.Data["runId"]);
                pause.Pause.End();
            }

            if (happened.Name == "versionReady")
                break;
        }

        Assert.Contains("progress", seen);
    }

    [Fact]
    public async Task Preview_OfARun_IsShownUntilTheRunHasEnded()
    {
        var session = await http.OpenAsync();
        // Previews come after each fourth step.
        using var pause = new EndedPause(app.Log.PauseAt(row => row.Step == 6));
        var reply = await http.SayAsync(session, "<restore>", new { seed = 61 }).JsonAsync();
        await pause.Pause.ReachedAsync();
        string? preview = null;
        await foreach (var happened in http.EventsAsync($"/v1/sessions/{session}/events"))
        {
            if (happened.Name != "progress" || (preview = (string?)happened.Data["preview"]?["hash"]) is null)
                continue;
            using var shown = await AskAsync(preview);
            Assert.Equal("image/png", shown.Content.Headers.ContentType?.MediaType);
            var picture = new Imaging.Codecs.ImageDecoder(new Imaging.ImagingOptions()).Decode(await shown.Content.ReadAsByteArrayAsync());
            Assert.Equal((24, 16), (picture.Width, picture.Height));
            break;
        }

        await AskAsync(new string('0', 64)).ProblemAsync(404, "not-found");
        await AskAsync("..%2Flatest").ProblemAsync(404, "not-found");
        pause.Pause.End();
        await Eventually.TrueAsync(async () => (await AskAsync(preview!)).StatusCode == HttpStatusCode.NotFound, "the preview goes with the run");
        await AskAsync(preview!).ProblemAsync(404, "not-found");

        // As an img element asks.
        async Task<HttpResponseMessage> AskAsync(string hash)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/{reply["runId"]}/previews/{hash}");
            request.Headers.Accept.ParseAdd("image/avif,image/webp,image/*;q=0.8");
            return await http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Versions_UndoBranchCompareReplay_MakeATree()
    {
        var session = await http.OpenAsync();
        var first = await http.RestoreAsync(session);
        var second = await http.RestoreAsync(session, "<refine> brighter", new { seed = 3 });

        Assert.Equal(first, (string?)(await http.PostAsync($"/v1/sessions/{session}/undo", null).JsonAsync())["currentVersionId"]);
        var third = await http.RestoreAsync(session, "<refine> darker");
        Assert.Equal(second, (string?)(await http.PostAsJsonAsync($"/v1/sessions/{session}/checkout", new { versionId = second }).JsonAsync())["currentVersionId"]);
        var list = await http.GetAsync($"/v1/sessions/{session}/versions").JsonAsync();
        Assert.Equal(second, (string?)list["currentVersionId"]);
        Assert.Equal([null, "v0", first, first], list["versions"]!.AsArray().Select(version => (string?)version!["parentId"]));
        var comparison = await http.GetAsync($"/v1/sessions/{session}/compare?before={second}&after={third}").JsonAsync();
        Assert.Equal(first, (string?)comparison["commonAncestorId"]);
        Assert.Contains(comparison["differences"]!.AsArray(), one => (string?)one!["name"] == "seed");
        var replay = await http.PostAsJsonAsync($"/v1/sessions/{session}/replay", new { versionId = second }).JsonAsync();
        Assert.Equal("runStarted", (string?)replay["outcome"]);
    }

    [Fact]
    public async Task List_DeletedSessions_AreGone()
    {
        // A third one, so that there is a second page whatever other tests left.
        await http.OpenAsync();
        var (kept, gone) = (await http.OpenAsync(), await http.OpenAsync());

        using (var deleted = await http.DeleteAsync($"/v1/sessions/{gone}"))
            Assert.Equal(204, (int)deleted.StatusCode);

        var page = await http.GetAsync("/v1/sessions?limit=200").JsonAsync();
        var names = page["sessions"]!.AsArray().Select(one => (string?)one!["session"]).ToList();
        Assert.Contains(kept, names);
        Assert.DoesNotContain(gone, names);
        await http.GetAsync($"/v1/sessions/{gone}").ProblemAsync(404, "not-found");
        var newest = await http.GetAsync("/v1/sessions?limit=1").JsonAsync();
        Assert.NotNull((string?)newest["next"]);
        var second = await http.GetAsync($"/v1/sessions?limit=1&after={newest["next"]}").JsonAsync();
        Assert.NotEqual((string?)newest["sessions"]![0]!["session"], (string?)second["sessions"]![0]!["session"]);
    }

    [Fact]
    public async Task Send_NoSuchSession_IsAProblem() => await http.SayAsync("nobody", "hello").ProblemAsync(404, "not-found");

    [Fact]
    public async Task Send_SettingsOutOfRange_IsAProblemThatSaysWhatIsAllowed()
    {
        var session = await http.OpenAsync();

        var problem = await http.SayAsync(session, "<restore>", new { strength = 2 }).ProblemAsync(400, "invalid-request");

        Assert.Contains("0 to 1", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_UnknownProperty_IsRefused()
    {
        var session = await http.OpenAsync();

        await http.PostAsJsonAsync($"/v1/sessions/{session}/messages", new { text = "hello", tenant = "acme" }).ProblemAsync(400, "invalid-json");
    }

    /// <summary>A pause that never outlives its test.</summary>
    private sealed class EndedPause(Pause pause) : IDisposable
    {
        public Pause Pause { get; } = pause;

        public void Dispose() => Pause.End();
    }
}
