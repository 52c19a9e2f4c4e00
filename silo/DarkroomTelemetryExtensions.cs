using Darkroom.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Darkroom.Silo;

/// <summary>Sends metrics and traces where OpenTelemetry's own settings say.</summary>
public static class DarkroomTelemetryExtensions
{
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string OrleansName = "Microsoft.Orleans";
    private const string OrleansApplicationName = "Microsoft.Orleans.Application";

    /// <summary>Exports metrics and traces by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; does nothing without it.</summary>
    public static IHostApplicationBuilder AddDarkroomTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[EndpointKey]))
            return builder;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("darkroom-silo"))
            .WithMetrics(metrics => metrics.AddMeter(DarkroomTelemetry.Name, OrleansName).AddOtlpExporter())
            .WithTracing(tracing => tracing.AddSource(DarkroomTelemetry.Name, OrleansApplicationName).AddOtlpExporter());
        return builder;
    }
}
