using Darkroom.Storage.Audit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Darkroom.Gateway.Audit;

/// <summary>Logs who asks for an action of an operator without being one, and answers as ever.</summary>
internal sealed class DeniedAudit(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler usual = new();

    /// <inheritdoc/>
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Succeeded && context.GetEndpoint()?.Metadata.GetMetadata<Audited>() is { } audited)
            audit.Deny(AuditFilter.ActorOf(context), audited.Action, audited.SubjectOf(context));
        return usual.HandleAsync(next, context, policy, authorizeResult);
    }
}
