using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Takes signed tokens of the issuer: algorithm, signature, issuer, audience and lifetime are checked, in that order.</summary>
public class JwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<JwtBearerOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        try
        {
            var token = JsonWebToken.Read(header[Prefix.Length..].Trim());
            var published = await Options.Keys.GetAsync(null, Context.RequestAborted);
            var isSigned = token.IsSignedBy(published, Options.TokenValidationParameters);
            if (!isSigned && Options.RefreshOnIssuerKeyNotFound && published.Keys.All(key => key.Id != token.KeyId))
            {
                published = await Options.Keys.GetAsync(token.KeyId ?? string.Empty, Context.RequestAborted);
                isSigned = token.IsSignedBy(published, Options.TokenValidationParameters);
            }

            if (!isSigned)
                throw new InvalidTokenException("no published key has signed it by an allowed algorithm");
            token.RequireValid(published.Issuer, Options.TokenValidationParameters, TimeProvider.GetUtcNow());
            var parameters = Options.TokenValidationParameters;
            var identity = new ClaimsIdentity(token.Claims(), Scheme.Name, parameters.NameClaimType, parameters.RoleClaimType);
            var properties = new AuthenticationProperties { ExpiresUtc = token.ValidTo };
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name));
        }
        catch (Exception error) when (error is InvalidTokenException or HttpRequestException or System.Text.Json.JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return AuthenticateResult.Fail(error);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, result.Failure is null ? "Bearer" : "Bearer error=\"invalid_token\"");
    }
}
