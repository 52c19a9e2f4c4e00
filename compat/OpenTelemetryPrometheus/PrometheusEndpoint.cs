using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Answers with the metrics of a host, in the format that is asked for.</summary>
internal sealed class PrometheusEndpoint
{
    private const string OpenMetricsType = "application/openmetrics-text";

    private readonly PrometheusExporter _exporter;

    public PrometheusEndpoint(IServiceProvider services)
    {
        // The provider gives the exporter its reader.
        _ = services.GetRequiredService<MeterProvider>();
        _exporter = services.GetService<PrometheusExporter>()
            ?? throw new ArgumentException("A PrometheusExporter could not be found configured on the MeterProvider: call AddPrometheusExporter.");
    }

    public async Task WriteAsync(HttpContext context)
    {
        var isOpenMetrics = context.Request.Headers.Accept.Any(accept => accept?.Contains(OpenMetricsType, StringComparison.OrdinalIgnoreCase) == true);
        if (await _exporter.CollectAsync(isOpenMetrics, context.RequestAborted) is not { } text)
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
