using System.Security.Claims;
using Darkroom.Gateway.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Identity;

/// <summary>The page's login by OpenID Connect: it gets a token at the issuer itself and changes it here for a cookie, so that no script has to keep one.</summary>
internal static class TokenLogin
{
    /// <summary>The claim that marks the cookie of a token.</summary>
    public const string MarkClaim = "darkroom:login";

    /// <summary>Its value.</summary>
    public const string Mark = "token";

    /// <summary>Tells how the page signs people in; asked before anybody is known.</summary>
    internal static async Task<Ok<LoginInfo>> HowAsync(IAuthenticationSchemeProvider schemes, IOptions<IdentityOptions> options)
    {
        var identity = options.Value;
        var openId = identity.PageIssuer is null ? null : new OpenIdLogin(identity.Authority!, identity.ClientId!, identity.Scope);
        return TypedResults.Ok(new LoginInfo(await schemes.GetSchemeAsync(GatewayIdentity.CookieScheme) is not null, openId));
    }

    /// <summary>Signs the page in with a token of the issuer (<c>Authorization: Bearer</c>); the cookie ends when the token does.</summary>
    internal static async Task<NoContent> LoginAsync(HttpContext context, Caller caller, IAuthenticationSchemeProvider schemes)
    {
        if (context.User.Identity?.AuthenticationType != TokenClaims.CallerScheme || await schemes.GetSchemeAsync(JwtBearerDefaults.AuthenticationScheme) is null)
            throw ProblemException.Invalid("This login takes a token of the OpenID Connect issuer; keys have POST /v1/login.");
        var known = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        var role = context.User.FindFirstValue(ClaimTypes.Role)!;
        var principal = Caller.Principal(caller.Tenant, role, context.User.Identity.Name!, GatewayIdentity.CookieScheme);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(MarkClaim, Mark));
        await context.SignInAsync(GatewayIdentity.CookieScheme, principal, new AuthenticationProperties { ExpiresUtc = known.Properties?.ExpiresUtc, AllowRefresh = false });
        return TypedResults.NoContent();
    }
}

/// <summary>How the page signs people in.</summary>
/// <param name="TakesKeys">Whether there is a login at all; then keys are taken.</param>
/// <param name="OpenId">The issuer that the page signs in at, or null.</param>
internal sealed record LoginInfo(bool TakesKeys, OpenIdLogin? OpenId);

/// <summary>What the page needs to sign in at an issuer.</summary>
/// <param name="Issuer">The issuer's address; its configuration is at <c>/.well-known/openid-configuration</c> below it.</param>
/// <param name="ClientId">The page's name there.</param>
/// <param name="Scope">What it asks for.</param>
internal sealed record OpenIdLogin(string Issuer, string ClientId, string Scope);
