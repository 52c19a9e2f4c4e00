using OpenTelemetry.Exporter.Prometheus;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Answers what Prometheus reads where there is no routing.</summary>
public static class PrometheusExporterApplicationBuilderExtensions
{
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app, string path)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoint = new PrometheusEndpoint(app.ApplicationServices);
        return app.Map(path, branch => branch.Run(endpoint.WriteAsync));
    }
}
