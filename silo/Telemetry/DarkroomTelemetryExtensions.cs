using System.Reflection;
using Darkroom.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Darkroom.Silo.Telemetry;

/// <summary>Sends metrics, traces and logs where OpenTelemetry's own settings say, and shows metrics to Prometheus.</summary>
public static class DarkroomTelemetryExtensions
{
    /// <summary>Where Prometheus finds the metrics of a process.</summary>
    public const string MetricsPath = "/metrics";

    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Orleans, ASP.NET Core and the runtime have instruments of their own.
    private static readonly string[] Meters =
        [DarkroomTelemetry.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime"];

    private static readonly string[] Sources = [DarkroomTelemetry.Name, "Microsoft.Orleans.Application", "Microsoft.AspNetCore"];

    /// <summary>Sends metrics, traces and logs by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; does nothing without it.</summary>
    /// <remarks>How, and how many traces are kept, is said by OpenTelemetry's other settings, such as <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> and <c>OTEL_TRACES_SAMPLER</c>.</remarks>
    public static IHostApplicationBuilder AddDarkroomTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[EndpointKey]))
            return builder;
        builder.AddMeters()
            .WithMetrics(metrics => metrics.AddOtlpExporter())
            .WithTracing(tracing => tracing.AddSource(Sources).AddOtlpExporter())
            .WithLogging(logs => logs.AddOtlpExporter(), options => options.IncludeFormattedMessage = true);
        return builder;
    }

    /// <summary>Lets Prometheus read the metrics of a process that serves HTTP; <see cref="MapDarkroomMetrics"/> says where.</summary>
    public static IHostApplicationBuilder AddDarkroomMetrics(this IHostApplicationBuilder builder)
    {
        builder.AddMeters().WithMetrics(metrics => metrics.AddPrometheusExporter());
        return builder;
    }

    /// <summary>Maps <see cref="MetricsPath"/>. Who may read it is the caller's to say.</summary>
    public static IEndpointConventionBuilder MapDarkroomMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(MetricsPath).DisableHttpMetrics();

    private static OpenTelemetryBuilder AddMeters(this IHostApplicationBuilder builder)
    {
        var name = builder.Environment.ApplicationName.ToLowerInvariant().Replace('.', '-');
        var version = typeof(DarkroomTelemetryExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        // In Kubernetes the machine is the pod. What the operator sets counts more.
        return builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(name, "darkroom", version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}").AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(Meters).SetExemplarFilter(ExemplarFilterType.TraceBased));
    }
}
