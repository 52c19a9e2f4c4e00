using System.Security.Claims;
using Darkroom.Gateway.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Identity;

/// <summary>Chooses how callers are recognised: nobody has to be on the machine's own address, everybody else by key, token or cookie.</summary>
internal static class GatewayIdentity
{
    /// <summary>The cookie of the page.</summary>
    public const string CookieScheme = "Cookie";

    private const string AnyScheme = "Any";

    // The server's own section; what stands there is listened on besides our address.
    private const string KestrelEndpoints = "Kestrel:Endpoints";

    private static readonly TimeSpan CookieLifetime = TimeSpan.FromHours(12);

    /// <summary>Adds authentication and authorization.</summary>
    /// <exception cref="GatewayStartException">The gateway would listen to others without knowing who they are.</exception>
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<IdentityOptions>().BindConfiguration(IdentityOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<KeyStore>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, DeniedAudit>();
        services.AddAuthorizationBuilder().AddPolicy(Caller.Operator, policy => policy.RequireAuthenticatedUser().RequireRole(Caller.Operator));
        var identity = builder.Configuration.GetSection(IdentityOptions.SectionName).Get<IdentityOptions>() ?? new IdentityOptions();
        var listen = builder.Configuration.GetSection(ListenOptions.SectionName).Get<ListenOptions>() ?? new ListenOptions();
        if (identity.IsConfigured)
            AddCredentials(services.AddAuthentication(AnyScheme), identity);
        else if (builder.Configuration.GetSection(KestrelEndpoints).GetChildren().Any())
            throw new GatewayStartException(
                $"{KestrelEndpoints} adds addresses to listen on, and no identity is configured. Set {IdentityOptions.SectionName}:{nameof(IdentityOptions.Required)}, {nameof(IdentityOptions.Keys)} or {nameof(IdentityOptions.Authority)}, or leave them out.");
        else if (listen.IsLoopback)
            AddLocal(services);
        else
            throw new GatewayStartException(
                $"{ListenOptions.SectionName}:{nameof(ListenOptions.Address)} is {listen.Address}, which others reach, and no identity is configured. Set {IdentityOptions.SectionName}:{nameof(IdentityOptions.Required)}, {nameof(IdentityOptions.Keys)} or {nameof(IdentityOptions.Authority)}, or listen on 127.0.0.1.");
    }

    // A page of another site could point a name of its own at this machine; only the machine's own names are answered.
    private static void AddLocal(IServiceCollection services)
    {
        services.AddAuthentication(LocalAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.SchemeName, null);
        services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
    }

    private static void AddCredentials(AuthenticationBuilder authentication, IdentityOptions identity)
    {
        var takesTokens = !string.IsNullOrEmpty(identity.Authority);
        authentication.AddPolicyScheme(AnyScheme, null, any => any.ForwardDefaultSelector = context => KeyAuthentication.CredentialOf(context.Request) switch
        {
            null when context.Request.Cookies.ContainsKey(LoginEndpoints.CookieName) => CookieScheme,
            { } credential when takesTokens && !credential.StartsWith(KeyStore.Prefix, StringComparison.Ordinal) => JwtBearerDefaults.AuthenticationScheme,
            _ => KeyAuthentication.SchemeName,
        });
        authentication.AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null);
        authentication.AddCookie(CookieScheme, cookie => Configure(cookie, takesTokens));
        if (takesTokens)
            authentication.AddJwtBearer(JwtBearerDefaults.AuthenticationScheme, token => Configure(token, identity));
        authentication.Services.AddDataProtection().SetApplicationName(CookieScheme);
        authentication.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>, SharedKeys>();
        authentication.Services.AddSingleton<IClaimsTransformation, TokenClaims>();
    }

    private static void Configure(CookieAuthenticationOptions cookie, bool takesTokens)
    {
        cookie.Cookie.Name = LoginEndpoints.CookieName;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = CookieLifetime;
        cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
        cookie.Events.OnValidatePrincipal = async context =>
        {
            if (!await IsStillGoodAsync(context, takesTokens))
                context.RejectPrincipal();
        };
    }

    // A key that was taken back takes its cookies with it. The cookie of a token ends with the token, unless nobody's tokens are taken any more.
    private static async Task<bool> IsStillGoodAsync(CookieValidatePrincipalContext context, bool takesTokens)
    {
        if (context.Principal?.FindFirstValue(KeyAuthentication.IdClaim) is not { } id)
            return takesTokens && context.Principal?.HasClaim(TokenLogin.MarkClaim, TokenLogin.Mark) == true;
        return await context.HttpContext.RequestServices.GetRequiredService<KeyStore>().FindByIdAsync(id, context.HttpContext.RequestAborted) is not null;
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static void Configure(JwtBearerOptions token, IdentityOptions identity)
    {
        token.Authority = identity.Authority;
        token.Audience = identity.Audience;
        token.RequireHttpsMetadata = identity.RequireHttps;
        token.MapInboundClaims = false;
        token.TokenValidationParameters.ClockSkew = identity.ClockSkew;
        token.TokenValidationParameters.NameClaimType = "sub";
        token.TokenValidationParameters.ValidAlgorithms = ["RS256", "ES256"];
    }
}
