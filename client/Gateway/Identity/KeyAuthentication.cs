using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Darkroom.Gateway.Identity;

/// <summary>Takes API keys: <c>Authorization: Bearer dk_...</c></summary>
internal sealed class KeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyStore keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Key";

    /// <summary>The claim that holds the key's id.</summary>
    public const string IdClaim = "darkroom:key";

    private const string Prefix = "Bearer ";

    /// <summary>Gets the credential of a request, or null.</summary>
    public static string? CredentialOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
    }

    /// <summary>Makes the principal of a key.</summary>
    public static ClaimsPrincipal PrincipalOf(ApiKey key, string scheme)
    {
        var principal = Caller.Principal(key.Account, key.Role, key.Name, scheme);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(IdClaim, key.Id));
        return principal;
    }

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CredentialOf(Request) is not { } credential)
            return AuthenticateResult.NoResult();
        return await keys.FindAsync(credential, Context.RequestAborted) is { } key
            ? AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(key, SchemeName), SchemeName))
            : AuthenticateResult.Fail("The key is not known.");
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer");
        return Task.CompletedTask;
    }
}
