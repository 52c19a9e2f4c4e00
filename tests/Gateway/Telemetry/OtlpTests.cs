using System.Diagnostics;
using System.Net.Http.Json;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>What a collector gets of a restoration.</summary>
public sealed class OtlpTests(TelemetryApp app) : IClassFixture<TelemetryApp>
{
    private static readonly string[] AllowedAttributes = ["device", "model", "pipeline", "tenant.class", "priority", "outcome", "error.type", "limit", "reused"];

    private readonly OtlpStub collector = app.Collector;

    [Fact]
    public async Task Restore_FromHttpToTheDeviceStep_IsOneTrace()
    {
        var trace = await RestoreAsync();

        await SeenAsync(() => Of(trace, "run").Any() && Of(trace, "device step").Any() && Roots(trace).Any());
        var step = Of(trace, "device step").First();
        var way = new List<SentSpan>();
        for (var at = step; at is not null; at = collector.Spans.FirstOrDefault(span => span.TraceId == trace && span.SpanId == at.ParentId))
            way.Add(at);
        way.Reverse();
        // HTTP -> session -> run -> model on its device -> step.
        Assert.Equal("Microsoft.AspNetCore", way[0].Scope);
        Assert.Equal("POST /v1/sessions/{session}/messages", way[0].Name);
        Assert.Contains(way, span => span.Name == "ISessionGrain/SendAsync");
        Assert.Contains(way, span => span.Name == "IRunGrain/StartAsync");
        Assert.Contains(way, span => span.Name == "run");
        Assert.Contains(way, span => span.Name == "IModelGrain/StepAsync");
        Assert.Equal(["cpu:0", "test", "test"], [step.Attributes["device"], step.Attributes["model"], step.Attributes["pipeline"]]);
        // Each step of the one tile once.
        Assert.Equal(TestPipeline.DefaultSteps, Of(trace, "device step").Select(span => span.Attributes["darkroom.step"]).Distinct().Count());
        Assert.NotEmpty(Of(trace, "device call"));
        Assert.All(collector.Spans, span => Assert.Equal(TelemetryApp.ServiceName, span.Service));
    }

    [Fact]
    public async Task Restore_SendsMetricsWithExemplarsAndLogsOfItsTrace()
    {
        var trace = await RestoreAsync();

        await SeenAsync(() => collector.Points.Any(point => point.Instrument == "darkroom.step.duration" && point.ExemplarTraces.Contains(trace)));
        await SeenAsync(() => collector.Points.Any(point => point.Instrument == "darkroom.run.outcome" && point.Attributes["tenant.class"] == "gold"));
        await SeenAsync(() => collector.Logs.Any(log => log.Category == "Darkroom.Grains.Runs.RunGrain" && log.TraceId == trace));
        Assert.Contains(collector.Points, point => point is { Instrument: "darkroom.queue.wait", Unit: "s" } && point.Attributes.GetValueOrDefault("priority") == "Interactive");
        Assert.Contains(collector.Points, point => point.Instrument == "dotnet.process.memory.working_set");
    }

    [Fact]
    public async Task Instruments_Attributes_AreFewAndNeverIds()
    {
        var session = await app.Http.OpenAsync();
        await app.Http.RestoreAsync(session);
        var refused = await app.Http.SayAsync(session, "<restore>", new { model = "made-up-by-a-caller" });

        await SeenAsync(() => collector.Points.Any(point => point.Instrument == "darkroom.run.outcome"));
        var own = collector.Points.Where(point => point.Scope == "Darkroom").ToList();
        Assert.Superset(
            new HashSet<string>
            {
                "darkroom.step.duration", "darkroom.batch.size", "darkroom.queue.wait", "darkroom.queue.depth", "darkroom.run.duration", "darkroom.run.outcome",
                "darkroom.model.load.duration", "darkroom.device.memory", "darkroom.session.active", "darkroom.device.time", "darkroom.device.available", "darkroom.run.active",
            },
            own.Select(point => point.Instrument).ToHashSet());
        Assert.Subset(AllowedAttributes.ToHashSet(), own.SelectMany(point => point.Attributes.Keys).ToHashSet());
        Assert.DoesNotContain(own, point => point.Attributes.Values.Any(value => value.Contains(session, StringComparison.Ordinal) || value.Contains("made-up", StringComparison.Ordinal) || value == "local"));
        // Their number does not grow with what callers send.
        Assert.All(own.GroupBy(point => point.Instrument), instrument => Assert.InRange(instrument.Select(point => string.Join(';', point.Attributes.OrderBy(pair => pair.Key))).Distinct().Count(), 1, 40));
    }

    private async Task<string> RestoreAsync()
    {
        var session = await app.Http.OpenAsync();
        var (trace, span) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/sessions/{session}/messages") { Content = JsonContent.Create(new { text = "<restore>" }) };
        request.Headers.Add("traceparent", $"00-{trace}-{span}-01");
        var reply = await app.Http.SendAsync(request).JsonAsync();
        await foreach (var happened in app.Http.EventsAsync($"/v1/sessions/{session}/events?from={(long)reply["sequence"]! + 1}"))
        {
            Assert.NotEqual("runFailed", happened.Name);
            if (happened.Name == "versionReady")
                return trace;
        }

        throw new InvalidOperationException("the stream ended");
    }

    private IEnumerable<SentSpan> Of(string trace, string name) => collector.Spans.Where(span => span.TraceId == trace && span.Name == name);

    private IEnumerable<SentSpan> Roots(string trace) => collector.Spans.Where(span => span.TraceId == trace && span.Scope == "Microsoft.AspNetCore");

    private static Task SeenAsync(Func<bool> condition) => Eventually.TrueAsync(() => Task.FromResult(condition()), () => "the collector has seen it", 60);
}
