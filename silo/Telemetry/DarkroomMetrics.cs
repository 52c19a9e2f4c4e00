using Darkroom.Silo.Management;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Silo.Telemetry;

/// <summary>The metrics of a process on its management port.</summary>
internal static class DarkroomMetrics
{
    /// <summary>Makes what answers.</summary>
    public static ManagementEndpoint Endpoint(IServiceProvider services)
    {
        // Made when it is first asked: the meters need the host to be there.
        var pipeline = new Lazy<RequestDelegate>(() =>
        {
            var app = new ApplicationBuilder(services);
            app.UseOpenTelemetryPrometheusScrapingEndpoint(DarkroomTelemetryExtensions.MetricsPath);
            return app.Build();
        });
        return new ManagementEndpoint(DarkroomTelemetryExtensions.MetricsPath, (_, context) => pipeline.Value(context));
    }
}
