using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that Prometheus reads.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    private const string DefaultPath = "/metrics";
    private const string OpenMetricsType = "application/openmetrics-text";

    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(DefaultPath);

    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        // The provider gives the exporter its reader.
        _ = endpoints.ServiceProvider.GetRequiredService<MeterProvider>();
        var exporter = endpoints.ServiceProvider.GetService<PrometheusExporter>()
            ?? throw new ArgumentException("A PrometheusExporter could not be found configured on the MeterProvider: call AddPrometheusExporter.");
        return endpoints.Map(path, context => WriteAsync(context, exporter)).WithDisplayName("Prometheus metrics");
    }

    private static async Task WriteAsync(HttpContext context, PrometheusExporter exporter)
    {
        var isOpenMetrics = context.Request.Headers.Accept.Any(accept => accept?.Contains(OpenMetricsType, StringComparison.OrdinalIgnoreCase) == true);
        if (await exporter.CollectAsync(isOpenMetrics, context.RequestAborted) is not { } text)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = isOpenMetrics
            ? $"{OpenMetricsType}; version=1.0.0; charset=utf-8"
            : "text/plain; charset=utf-8; version=0.0.4";
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }
}
