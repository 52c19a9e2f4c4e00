using System.Net;
using System.Net.Http.Json;
using Darkroom.Gateway;
using Darkroom.Gateway.Idempotency;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Darkroom.Tests.Gateway;

public sealed class SafetyTests(GatewayApp app) : IClassFixture<GatewayApp>
{
    private readonly HttpClient http = app.Http;

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/me")]
    [InlineData("/v1/nothing")]
    [InlineData("/openapi/v1.json")]
    public async Task EveryAnswer_HasTheSecurityHeaders(string path)
    {
        using var response = await http.GetAsync(path);

        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Change_FromAnotherSitesPage_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = GatewayTalk.Form(TestPictures.Png().ToArray()) };
        request.Headers.Add(header, value);

        await http.SendAsync(request).ProblemAsync(403, "cross-site");
    }

    [Fact]
    public async Task Change_FromTheOwnPage_IsTaken()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = GatewayTalk.Form(TestPictures.Png().ToArray()) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));

        await http.SendAsync(request).JsonAsync(201);
    }

    [Fact]
    public async Task Host_OfAnotherName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions");
        request.Headers.Host = "rebound.example";

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Page_NotBuilt_SaysSoPlainly()
    {
        using var response = await http.GetAsync("/");

        // Where somebody has built the page, that one is served.
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.Content.Headers.ContentType?.MediaType == "text/html" || text.Contains("./cluster setup", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task Idempotency_SameRequest_IsDoneOnceAndAnsweredTheSame()
    {
        var image = TestPictures.Png().ToArray();
        var first = await SendAsync("open-1", new { image, text = "<restore>" }).JsonAsync(201);

        var second = await SendAsync("open-1", new { image, text = "<restore>" }).JsonAsync(201);

        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        var session = (string)first["session"]!["session"]!;
        var versions = await http.GetAsync($"/v1/sessions/{session}/versions").JsonAsync();
        Assert.Equal(2, versions["versions"]!.AsArray().Count);
    }

    [Fact]
    public async Task Idempotency_AnotherBodyOrPath_Is422()
    {
        var image = TestPictures.Png().ToArray();
        var opened = await SendAsync("open-2", new { image }).JsonAsync(201);

        await SendAsync("open-2", new { image, text = "hello" }).ProblemAsync(422, "idempotency-key-reused");
        await SendAsync("open-2", new { versionId = "v0" }, $"/v1/sessions/{opened["session"]!["session"]}/checkout").ProblemAsync(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task Idempotency_Undo_GoesBackOnce()
    {
        var session = await http.OpenAsync();
        await http.RestoreAsync(session);
        await http.RestoreAsync(session, "<refine> brighter");

        await SendAsync("undo-1", null, $"/v1/sessions/{session}/undo").JsonAsync();
        var again = await SendAsync("undo-1", null, $"/v1/sessions/{session}/undo").JsonAsync();

        Assert.Equal("v1", (string?)again["currentVersionId"]);
        Assert.Equal("v1", (string?)(await http.GetAsync($"/v1/sessions/{session}").JsonAsync())["currentVersionId"]);
    }

    [Fact]
    public async Task Idempotency_OldAnswers_AreSweptAway()
    {
        await SendAsync("swept-1", new { image = TestPictures.Png().ToArray() }).JsonAsync(201);
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>();
        var blobs = app.Services.GetRequiredService<IBlobStore>();

        using var now = new ReplySweeper(blobs, options, TimeProvider.System, NullLogger<ReplySweeper>.Instance);
        Assert.Equal(0, await now.SweepAsync(CancellationToken.None));
        using var later = new ReplySweeper(blobs, options, new Tomorrow(), NullLogger<ReplySweeper>.Instance);
        Assert.True(await later.SweepAsync(CancellationToken.None) >= 1);
    }

    [Fact]
    public async Task Idempotency_KeyThatIsNone_IsRefused() =>
        await SendAsync(new string('x', 129), new { image = TestPictures.Png().ToArray() }).ProblemAsync(400, "invalid-request");

    [Fact]
    public async Task Text_WithHtml_StaysText()
    {
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        var session = await http.OpenAsync();

        await http.SayAsync(session, Hostile).JsonAsync();

        await foreach (var happened in http.EventsAsync($"/v1/sessions/{session}/events"))
        {
            if (happened.Name != "answered")
                continue;
            Assert.Equal(Hostile, (string?)happened.Data["userText"]);
            break;
        }
    }

    private sealed class Tomorrow : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(25);
    }

    private Task<HttpResponseMessage> SendAsync(string key, object? body, string path = "/v1/sessions")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return http.SendAsync(request);
    }
}
