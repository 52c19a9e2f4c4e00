using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>A span as it was sent.</summary>
internal sealed record SentSpan(string TraceId, string SpanId, string ParentId, string Name, string Scope, string Service, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> LinkedTraces);

/// <summary>A measurement as it was sent.</summary>
internal sealed record SentPoint(string Instrument, string Unit, string Scope, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> ExemplarTraces);

/// <summary>A log entry as it was sent.</summary>
internal sealed record SentLog(string Text, string TraceId, string Category);

/// <summary>Takes what is sent by OTLP over HTTP (protobuf), as a collector does.</summary>
internal sealed class OtlpStub : IAsyncDisposable
{
    private static readonly Dictionary<int, int> PointsOf = new() { [5] = 1, [7] = 1, [9] = 1 };   // gauge, sum, histogram

    private readonly WebApplication host;

    private OtlpStub(WebApplication host) => this.host = host;

    public string Address => host.Urls.First();

    public ConcurrentQueue<SentSpan> Spans { get; } = new();

    public ConcurrentQueue<SentPoint> Points { get; } = new();

    public ConcurrentQueue<SentLog> Logs { get; } = new();

    public static async Task<OtlpStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        var stub = new OtlpStub(host);
        host.MapPost("/v1/traces", (HttpContext context) => TakeAsync(context, stub.TakeSpans));
        host.MapPost("/v1/metrics", (HttpContext context) => TakeAsync(context, stub.TakeMetrics));
        host.MapPost("/v1/logs", (HttpContext context) => TakeAsync(context, stub.TakeLogs));
        await host.StartAsync();
        return stub;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }

    private static async Task TakeAsync(HttpContext context, Action<ProtoMessage> take)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(ProtoMessage.Parse(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }

    private void TakeSpans(ProtoMessage request)
    {
        foreach (var resource in request.Messages(1))
        {
            var service = Attributes(resource.Messages(1).Single(), 1)["service.name"];
            foreach (var scope in resource.Messages(2))
            {
                foreach (var span in scope.Messages(2))
                {
                    Spans.Enqueue(new SentSpan(
                        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), scope.Messages(1).Single().Text(1), service, Attributes(span, 9), [.. span.Messages(13).Select(link => link.Hex(1))]));
                }
            }
        }
    }

    private void TakeMetrics(ProtoMessage request)
    {
        foreach (var scope in request.Messages(1, 2))
        {
            foreach (var metric in scope.Messages(2))
            {
                foreach (var point in PointsOf.SelectMany(kind => metric.Messages(kind.Key, kind.Value)))
                {
                    var isHistogram = metric.Has(9);
                    Points.Enqueue(new SentPoint(
                        metric.Text(1), metric.Text(3), scope.Messages(1).Single().Text(1), Attributes(point, isHistogram ? 9 : 7),
                        [.. point.Messages(isHistogram ? 8 : 5).Select(exemplar => exemplar.Hex(5))]));
                }
            }
        }
    }

    private void TakeLogs(ProtoMessage request)
    {
        foreach (var scope in request.Messages(1, 2))
        {
            foreach (var log in scope.Messages(2))
                Logs.Enqueue(new SentLog(log.Messages(5).Single().Text(1), log.Hex(9), scope.Messages(1).Single().Text(1)));
        }
    }

    private static Dictionary<string, string> Attributes(ProtoMessage of, int field) =>
        of.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Messages(2).Single()));

    private static string Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(4) ? BitConverter.UInt64BitsToDouble(value.Number(4)).ToString(CultureInfo.InvariantCulture)
        : value.Has(2) ? (value.Number(2) != 0 ? "true" : "false")
        : value.Number(3).ToString(CultureInfo.InvariantCulture);
}
