using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Identity;

/// <summary>Makes a caller of a valid token: its tenant and its role as the configuration names their claims.</summary>
internal sealed class TokenClaims(IOptionsMonitor<IdentityOptions> options) : IClaimsTransformation
{
    /// <summary>How an identity is recognised that was made of a token here.</summary>
    public const string CallerScheme = JwtBearerDefaults.AuthenticationScheme + "Caller";

    /// <inheritdoc/>
    public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        // Asked more than once a request; other schemes name the tenant themselves.
        if (principal.Identity is not ClaimsIdentity { AuthenticationType: JwtBearerDefaults.AuthenticationScheme or "AuthenticationTypes.Federation" } token)
            return Task.FromResult(principal);
        var identity = options.CurrentValue;
        var tenant = principal.FindFirstValue(identity.TenantClaim);
        // A token without a tenant is nobody's: it passes no policy.
        if (!IdentityOptions.IsTenant(tenant))
            return Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity()));
        var role = principal.FindAll(identity.RoleClaim).Any(claim => claim.Value == identity.OperatorRole) ? Caller.Operator : Caller.User;
        return Task.FromResult(Caller.Principal(tenant!, role, token.Name ?? "token", CallerScheme));
    }
}
