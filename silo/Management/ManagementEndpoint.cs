using System.Text.Json;
using Darkroom.Silo.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Silo.Management;

/// <summary>Something that is answered on the management port. Every one that is registered is.</summary>
/// <param name="Path">The path, such as <c>/healthz/live</c>.</param>
/// <param name="AnswerAsync">Answers a GET with the host's services.</param>
public sealed record ManagementEndpoint(string Path, Func<IServiceProvider, HttpContext, Task> AnswerAsync)
{
    /// <summary>Gets those that tell how the process is.</summary>
    public static IReadOnlyList<ManagementEndpoint> Health { get; } =
    [
        new("/healthz/live", (services, context) => AnswerHealthAsync(context, services, probe => probe.LiveAsync())),
        new("/healthz/ready", (services, context) => AnswerHealthAsync(context, services, probe => probe.ReadyAsync())),
        new("/healthz/startup", (services, context) => AnswerHealthAsync(context, services, probe => Task.FromResult(probe.Startup()))),
    ];

    private static async Task AnswerHealthAsync(HttpContext context, IServiceProvider services, Func<HealthProbe, Task<HealthAnswer>> ask)
    {
        var answer = await ask(services.GetRequiredService<HealthProbe>()).ConfigureAwait(false);
        context.Response.StatusCode = answer.IsOk ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        var checks = answer.Checks?.ToDictionary(check => check.Key, check => check.Value ? "ok" : "failing");
        await context.Response.WriteAsync(JsonSerializer.Serialize(checks is null ? (object)new { status = answer.Status } : new { status = answer.Status, checks }), context.RequestAborted).ConfigureAwait(false);
    }
}
