using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Exporter.Prometheus;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that Prometheus reads.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.Map(path, new PrometheusEndpoint(endpoints.ServiceProvider).WriteAsync).WithDisplayName("Prometheus metrics");
    }
}
