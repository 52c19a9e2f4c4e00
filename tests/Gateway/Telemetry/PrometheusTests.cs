using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>A gateway in a process of its own that sends traces, which makes exemplars. Its tenant has one place and nobody may wait.</summary>
public sealed class WatchedProcess : IAsyncLifetime
{
    private GatewayProcess process = null!;

    internal OtlpStub Collector { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Collector = await OtlpStub.StartAsync();
        process = await GatewayProcess.StartAsync(
            Program(), "--Device:Threads", "1", "--Device:ProfileTime", "00:00:00",
            "--Tenant:Overrides:local:Class", "gold", "--Tenant:Overrides:local:MaxConcurrentRuns", "1", "--Tenant:Overrides:local:MaxQueuedRuns", "0",
            "--OTEL_EXPORTER_OTLP_ENDPOINT", Collector.Address, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        Http = new HttpClient { BaseAddress = process.Address };
    }

    // In its own folder: beside the tests it would take them for a part of the application.
    private static string Program()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(OperatorFiles.Root, "client", "Gateway", "bin", framework.Parent!.Name, framework.Name, "darkroom-gateway.dll");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.DisposeAsync();
        await Collector.DisposeAsync();
    }
}

/// <summary>A real Prometheus reads a gateway that people and jobs use, and answers every query of the dashboards and alerts.</summary>
public sealed class PrometheusTests(WatchedProcess gateway) : IClassFixture<WatchedProcess>
{
    private readonly HttpClient http = gateway.Http;

    [Fact]
    public async Task Queries_OfDashboardsAndAlerts_ReturnSeriesOfARealRun()
    {
        Assert.SkipWhen(PrometheusServer.Find("prometheus") is null, PrometheusServer.Missing);
        await using var prometheus = await PrometheusServer.StartAsync([http.BaseAddress!.Authority], [OperatorFiles.Rules]);
        await Eventually.TrueAsync(async () => (await prometheus.QueryAsync("""up{job="darkroom"} == 1""")).Count == 1, () => "the first scrape", 60);
        await LoadAsync();

        var missing = OperatorFiles.DashboardQueries().Concat(OperatorFiles.RuleQueries()).ToList();
        Assert.InRange(missing.Count, 50, 500);
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var one in missing.ToList())
                {
                    if ((await prometheus.QueryAsync(one.Query)).Any(sample => PrometheusServer.ValueOf(sample) is not null))
                        missing.Remove(one);
                }

                return missing.Count == 0;
            },
            () => $"numbers for\n{string.Join('\n', missing.Select(one => $"  {one.Where}: {one.Query}"))}\n",
            60);
        var healths = (await prometheus.GetAsync("/api/v1/rules"))["data"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => (string?)rule!["health"]).ToList();
        Assert.All(healths, health => Assert.Equal("ok", health));
        // From a slow step in a chart to its trace.
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var exemplars = await prometheus.GetAsync($"/api/v1/query_exemplars?query=darkroom_step_duration_seconds_bucket&start={now - 300}&end={now + 60}");
        var traces = exemplars["data"]!.AsArray().SelectMany(series => series!["exemplars"]!.AsArray()).Select(one => (string)one!["labels"]!["trace_id"]!).ToHashSet();
        Assert.NotEmpty(traces);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Collector.Spans.Any(span => span.Name == "device step" && traces.Contains(span.TraceId))), () => "the trace of an exemplar", 60);
    }

    [Fact]
    public async Task Metrics_InBothFormats_ReadWell()
    {
        await RunAsync(seed: 1);

        using var plain = await http.GetAsync("/metrics");
        var text = await plain.Content.ReadAsStringAsync();
        Assert.Equal("text/plain", plain.Content.Headers.ContentType?.MediaType);
        Assert.Matches(new Regex("""^darkroom_step_duration_seconds_bucket\{otel_scope_name="Darkroom",device="cpu:0",model="llmra-compact",pipeline="llmra",le="0.001"\} \d+$""", RegexOptions.Multiline), text);
        Assert.Contains("# TYPE darkroom_run_outcome_total counter\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" # {", text, StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0"));
        using var open = await http.SendAsync(request);
        text = await open.Content.ReadAsStringAsync();
        Assert.Equal("application/openmetrics-text", open.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        Assert.Matches(new Regex("""^darkroom_step_duration_seconds_bucket\{.*le="[\d.]+"\} \d+ # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} [\d.E-]+ [\d.]+$""", RegexOptions.Multiline), text);
    }

    [Fact]
    public async Task Rules_AreValidAndEachAlertIsTested()
    {
        var (code, output) = await OperatorFiles.PromtoolAsync("check", "rules", "k8s/alerts/darkroom.rules.yml");
        Assert.True(code == 0, output);
        (code, output) = await OperatorFiles.PromtoolAsync("test", "rules", "k8s/alerts/darkroom.rules.test.yml");
        Assert.True(code == 0, output);
        var tests = await File.ReadAllTextAsync(Path.Combine(OperatorFiles.Root, "k8s/alerts/darkroom.rules.test.yml"));
        Assert.All(OperatorFiles.Runbooks(), alert => Assert.Matches($@"alertname: {alert.Alert}\n(.*\n)?\s+exp_alerts:\s*\n\s+- exp_labels", tests));
    }

    [Fact]
    public async Task Configuration_OfTheManual_IsValid()
    {
        var manual = await File.ReadAllTextAsync(Path.Combine(OperatorFiles.Root, "docs/operations.md"));
        var example = Regex.Match(manual, "(?s)```yaml\n(.*?)```").Groups[1].Value;
        Assert.Contains("scrape_configs", example, StringComparison.Ordinal);
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, example.Replace("k8s/", $"{OperatorFiles.Root}/k8s/", StringComparison.Ordinal));

        var (code, output) = await OperatorFiles.PromtoolAsync("check", "config", path);

        File.Delete(path);
        Assert.True(code == 0, output);
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_Each_LinksToItsSection()
    {
        var alerts = OperatorFiles.Runbooks().ToList();

        Assert.Equal(Regex.Count(File.ReadAllText(OperatorFiles.Rules), "- alert: "), alerts.Count);
        Assert.All(alerts, alert => Assert.Contains(alert.Page.Split('#')[1], OperatorFiles.Anchors(alert.Page.Split('#')[0])));
    }

    // Pictures, one that needs a model that nobody has, a session, a job with a file that is no picture, and one run too many.
    private async Task LoadAsync()
    {
        for (var seed = 2; seed < 4; seed++)
            await RunAsync(seed);
        Assert.Equal("failed", await RunAsync(seed: 4, model: "made-up"));
        await http.OpenAsync();
        using var form = new MultipartFormDataContent { { new StringContent("""{"kind": "refine", "words": "brighter", "name": "watched"}"""), "request" } };
        form.Add(new ByteArrayContent(TestPictures.Png().ToArray()), "files", "one.png");
        form.Add(new ByteArrayContent("no picture"u8.ToArray()), "files", "two.png");
        await http.PostAsync("/v1/jobs", form).JsonAsync(202);
        await Eventually.TrueAsync(async () => (string?)(await http.GetAsync("/v1/jobs/watched").JsonAsync())["stage"] == "completed", () => "the job's end", 60);
        // Large enough to be under way still when the next one is asked for.
        using var first = await StartAsync(seed: 5, model: null, TestPictures.Slope(1500, 1000));
        using var refused = await StartAsync(seed: 6, model: null, TestPictures.Slope(40, 28));
        Assert.Equal((202, 429), ((int)first.StatusCode, (int)refused.StatusCode));
        await http.PostAsync($"{first.Headers.Location}/cancel", null).JsonAsync();
        await RunAsync(seed: 7);
    }

    /// <summary>Restores a small picture.</summary>
    /// <returns>How it ended.</returns>
    private async Task<string?> RunAsync(int seed, string? model = null)
    {
        using var started = await StartAsync(seed, model, TestPictures.Slope(40, 28));
        Assert.Equal(202, (int)started.StatusCode);
        await foreach (var happened in http.EventsAsync($"{started.Headers.Location}/events"))
        {
            if (happened.Name == "ended")
                return (string?)happened.Data["stage"];
        }

        throw new InvalidOperationException("the stream ended");
    }

    private async Task<HttpResponseMessage> StartAsync(int seed, string? model, Imaging.PlanarImage picture)
    {
        var uploaded = await http.PostAsJsonAsync("/v1/images", new { image = TestPictures.Png(picture).ToArray() }).JsonAsync(201);
        return await http.PostAsJsonAsync("/v1/runs", new { imageHash = (string?)uploaded["hash"], kind = "refine", words = "brighter", model, settings = new { seed } });
    }
}
