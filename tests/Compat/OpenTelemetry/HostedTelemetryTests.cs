using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Xunit;

namespace Darkroom.Tests.Compat.OpenTelemetry;

public sealed class HostedTelemetryTests
{
    private const string Name = "Darkroom.Tests.Compat.HostedTelemetry";

    [Fact]
    public async Task Host_WithTelemetry_CollectsSpansMetricsAndLogsUntilItStops()
    {
        var seen = new Collected();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tested"))
            .WithTracing(tracing => tracing.AddSource(Name).AddProcessor(new SimpleActivityExportProcessor(seen.Spans)))
            .WithMetrics(metrics => metrics.AddMeter(Name).AddReader(new BaseExportingMetricReader(seen.Metrics)))
            .WithLogging(logging => logging.AddProcessor(new SimpleLogRecordExportProcessor(seen.Logs)));
        using var source = new ActivitySource(Name);
        using var meter = new Meter(Name);
        var counter = meter.CreateCounter<int>("tested.calls");

        using (var host = builder.Build())
        {
            await host.StartAsync();
            source.StartActivity("a span")?.Dispose();
            counter.Add(2);
#pragma warning disable CA1848 // One message of a test.
            host.Services.GetRequiredService<ILogger<HostedTelemetryTests>>().LogWarning("a message");
#pragma warning restore CA1848
            await host.StopAsync();
        }

        Assert.Equal(["a span of tested"], seen.Spans.Names);
        Assert.Contains("tested.calls", seen.Metrics.Names);
        Assert.Contains("a message", seen.Logs.Names);
        Assert.Null(source.StartActivity("after the host"));
    }

    [Fact]
    public void AddOpenTelemetry_CalledTwice_AddsOneHostedService()
    {
        var services = new ServiceCollection();

        services.AddOpenTelemetry().WithMetrics().WithTracing();
        services.AddOpenTelemetry();

        Assert.Single(services, d => d.ServiceType == typeof(IHostedService));
        Assert.Same(typeof(IHostedService), services[0].ServiceType);
    }

    private sealed class Collected
    {
        public Exporter<Activity> Spans { get; } = new((span, resource) =>
            $"{span.DisplayName} of {resource.Attributes.Single(a => a.Key == "service.name").Value}");

        public Exporter<Metric> Metrics { get; } = new((metric, _) => metric.Name);

        public Exporter<LogRecord> Logs { get; } = new((record, _) => record.Body ?? "");
    }

    private sealed class Exporter<T>(Func<T, Resource, string> name) : BaseExporter<T>
        where T : class
    {
        public List<string> Names { get; } = [];

        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch)
                Names.Add(name(item, ParentProvider.GetResource()));
            return ExportResult.Success;
        }
    }
}
