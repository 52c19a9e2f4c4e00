using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace Darkroom.Tests.Compat.OpenTelemetry;

public sealed class PrometheusExporterTests
{
    private const string Name = "Darkroom.Tests.Compat.Prometheus";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0";

    [Fact]
    public async Task Endpoint_InTextFormat_NamesByUnitAndTypeAndEscapes()
    {
        var text = await ScrapeAsync(null, "/metrics");

        Assert.Contains("# TYPE tested_sent_bytes_total counter\n", text, StringComparison.Ordinal);
        Assert.Matches("""(?m)^tested_sent_bytes_total\{[^}]*path_to="a\\"b\\\\c\\nd"[^}]*\} 7$""", text);
        Assert.Contains("# TYPE tested_open gauge\n", text, StringComparison.Ordinal);
        Assert.Matches("""(?m)^tested_open\{[^}]*\} -2$""", text);
        // A histogram's buckets count all below.
        Assert.Matches("""(?m)^tested_wait_seconds_bucket\{[^}]*le="1"\} 1$""", text);
        Assert.Matches("""(?m)^tested_wait_seconds_bucket\{[^}]*le="5"\} 2$""", text);
        Assert.Matches("""(?m)^tested_wait_seconds_bucket\{[^}]*le="\+Inf"\} 3$""", text);
        Assert.Matches("""(?m)^tested_wait_seconds_sum\{[^}]*\} 12.5$""", text);
        Assert.Matches("""(?m)^tested_wait_seconds_count\{[^}]*\} 3$""", text);
        Assert.DoesNotContain("# EOF", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/piped")]
    public async Task Endpoint_InOpenMetrics_HasUnitsExemplarsAndAnEnd(string path)
    {
        var text = await ScrapeAsync(OpenMetrics, path);

        Assert.Contains("# TYPE tested_sent_bytes counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# UNIT tested_sent_bytes bytes\n", text, StringComparison.Ordinal);
        Assert.Matches("""(?m)^tested_sent_bytes_total\{[^}]*\} 7 # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} 7""", text);
        // The exemplar stands at the bucket that the measurement fell into.
        Assert.Matches("""(?m)^tested_wait_seconds_bucket\{[^}]*le="5.0"\} 2 # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} 2 \d+""", text);
        Assert.Matches("""(?m)^tested_wait_seconds_bucket\{[^}]*le="1.0"\} 1$""", text);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
    }

    private static async Task<string> ScrapeAsync(string? accept, string path)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Name))
            .WithMetrics(metrics => metrics.AddMeter(Name).SetExemplarFilter(ExemplarFilterType.TraceBased).AddPrometheusExporter());
        await using var host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        host.UseOpenTelemetryPrometheusScrapingEndpoint("/piped");
        host.MapPrometheusScrapingEndpoint("/metrics");
        await host.StartAsync();
        using var meter = new Meter(Name);
        using var source = new ActivitySource(Name);
        var wait = meter.CreateHistogram("tested.wait", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5] });
        wait.Record(0.5);
        wait.Record(10);
        using (source.StartActivity("traced"))
        {
            wait.Record(2);
            meter.CreateCounter<long>("tested.sent", "By", "Sent.").Add(7, new KeyValuePair<string, object?>("path.to", "a\"b\\c\nd"));
        }

        meter.CreateUpDownCounter<int>("tested.open", "{file}", "Open files.").Add(-2);
        using var http = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
        if (accept is not null)
            http.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        return await http.GetStringAsync(path);
    }
}
