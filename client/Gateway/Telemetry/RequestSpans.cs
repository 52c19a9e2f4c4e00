using Darkroom.Silo.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Darkroom.Gateway.Telemetry;

/// <summary>Names the span of a request by its route, and leaves out those that only look after the process.</summary>
internal static class RequestSpans
{
    private const string HealthPath = "/healthz";

    /// <summary>Adds it.</summary>
    public static void UseRequestSpans(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
        {
            if (context.Request.Path.StartsWithSegments(DarkroomTelemetryExtensions.MetricsPath) || context.Request.Path.StartsWithSegments(HealthPath))
            {
                span.IsAllDataRequested = false;
                span.ActivityTraceFlags &= ~System.Diagnostics.ActivityTraceFlags.Recorded;
            }
            else if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
            {
                span.DisplayName = $"{context.Request.Method} {route}";
            }
        }

        return next(context);
    });
}
