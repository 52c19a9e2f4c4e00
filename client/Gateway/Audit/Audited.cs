using Darkroom.Gateway.Identity;
using Darkroom.Storage.Audit;

namespace Darkroom.Gateway.Audit;

/// <summary>Marks an endpoint whose every call is noted: an action of an operator.</summary>
/// <param name="Action">What it is called in the log.</param>
/// <param name="RouteValue">The part of the route that says what it is done to, or null: the body does.</param>
internal sealed record Audited(string Action, string? RouteValue = null)
{
    /// <summary>Tells to what a request does it.</summary>
    public string SubjectOf(HttpContext context) => RouteValue is { } name && context.GetRouteValue(name) is string value ? value : "-";
}

/// <summary>What a body or an answer that is noted says of itself.</summary>
internal interface IAuditSubject
{
    /// <summary>Gets to what the action is done, without any secret.</summary>
    string AuditSubject { get; }
}

/// <summary>Notes the calls of endpoints before and after they do their work.</summary>
internal static class AuditFilter
{
    /// <summary>Notes every call of an endpoint; one that cannot be noted is answered with an error and does nothing.</summary>
    public static RouteHandlerBuilder Audit(this RouteHandlerBuilder route, Audited audited) => route.WithMetadata(audited).AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        var subject = context.Arguments.OfType<IAuditSubject>().FirstOrDefault()?.AuditSubject ?? audited.SubjectOf(http);
        return await http.RequestServices.GetRequiredService<AuditLog>().RecordAsync(
            ActorOf(http), audited.Action, subject, () => next(context).AsTask(), result => ((result as IValueHttpResult)?.Value as IAuditSubject)?.AuditSubject, http.RequestAborted);
    });

    /// <summary>Tells who sends a request.</summary>
    public static AuditActor ActorOf(HttpContext context) => new(
        context.User.FindFirst(Caller.TenantClaim)?.Value ?? "-", context.User.Identity?.Name ?? "-", context.Connection.RemoteIpAddress?.ToString() ?? "-");
}
