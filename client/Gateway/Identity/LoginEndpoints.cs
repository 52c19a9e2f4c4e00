using System.Text.Json.Serialization;
using Darkroom.Client.Http;
using Darkroom.Gateway.Audit;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Problems;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Darkroom.Gateway.Identity;

/// <summary>Who the caller is, the page's login, and the keys of an operator.</summary>
internal static class LoginEndpoints
{
    /// <summary>The page's cookie.</summary>
    public const string CookieName = "darkroom";

    private const int MaxNameLength = 100;

    /// <summary>Adds the routes.</summary>
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/me", Me).WithTags("Identity").WithName("whoAmI");
        routes.MapGet("/login", TokenLogin.HowAsync).AllowAnonymous().WithTags("Identity").WithName("howToLogin");
        routes.MapPost("/login/token", TokenLogin.LoginAsync).WithTags("Identity").WithName("loginByToken").WithMetadata(NeverKept.Mark);
        routes.MapPost("/login", LoginAsync).AllowAnonymous().WithTags("Identity").WithName("login");
        routes.MapPost("/logout", LogoutAsync).WithTags("Identity").WithName("logout");
        var keys = routes.MapGroup("/keys").WithTags("Identity").RequireAuthorization(Caller.Operator);
        keys.MapGet("/", ListAsync).WithName("listKeys");
        keys.MapPost("/", CreateAsync).WithMetadata(NeverKept.Mark).Audit(KeyStore.Created).WithName("createKey");
        keys.MapDelete("/{id}", RevokeAsync).Audit(KeyStore.Revoked).WithName("revokeKey");
    }

    /// <summary>Tells who the caller is.</summary>
    internal static CallerInfo Me(Caller caller, HttpContext context, IAntiforgery antiforgery)
    {
        var user = context.User;
        var login = user.Identity!.AuthenticationType!.StartsWith("Bearer", StringComparison.Ordinal) ? "Bearer" : user.Identity.AuthenticationType;
        var token = login == GatewayIdentity.CookieScheme ? antiforgery.GetAndStoreTokens(context).RequestToken : null;
        return new CallerInfo(caller.Tenant, user.IsInRole(Caller.Operator) ? Caller.Operator : Caller.User, user.Identity.Name, login, token);
    }

    /// <summary>Signs the page in with a key; what it gets is a cookie that no script can read.</summary>
    internal static async Task<Results<NoContent, ProblemHttpResult>> LoginAsync(LoginBody body, HttpContext context, KeyStore keys, IAuthenticationSchemeProvider schemes, CancellationToken cancellationToken)
    {
        if (await schemes.GetSchemeAsync(GatewayIdentity.CookieScheme) is null)
            throw ProblemException.Invalid("There is no login here: this machine's own address needs none.");
        if (await keys.FindAsync(body.Key, cancellationToken) is not { } key)
            return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized, detail: "The key is not known.");
        await context.SignInAsync(GatewayIdentity.CookieScheme, KeyAuthentication.PrincipalOf(key, GatewayIdentity.CookieScheme));
        return TypedResults.NoContent();
    }

    /// <summary>Signs the page out.</summary>
    internal static async Task<NoContent> LogoutAsync(HttpContext context, IAuthenticationSchemeProvider schemes)
    {
        if (await schemes.GetSchemeAsync(GatewayIdentity.CookieScheme) is not null)
            await context.SignOutAsync(GatewayIdentity.CookieScheme);
        return TypedResults.NoContent();
    }

    /// <summary>Lists the keys that were made, without their secrets. For operators.</summary>
    internal static Task<IReadOnlyList<ApiKey>> ListAsync(KeyStore keys, CancellationToken cancellationToken) => keys.ListAsync(cancellationToken);

    /// <summary>Makes a key; the answer is the only place where it is shown. For operators.</summary>
    internal static async Task<Created<NewKey>> CreateAsync(KeyBody body, KeyStore keys, CancellationToken cancellationToken)
    {
        if (!IdentityOptions.IsTenant(body.Account))
            throw ProblemException.Invalid("'account' is no name of a tenant: ASCII letters, digits, '-', '_' and '.', at most 64.");
        if (body.Role is not (Caller.User or Caller.Operator))
            throw ProblemException.Invalid($"'role' is neither {Caller.User} nor {Caller.Operator}.");
        if (body.Name.Length is 0 or > MaxNameLength)
            throw ProblemException.Invalid($"'name' has {body.Name.Length} characters; 1 to {MaxNameLength} are allowed.");
        var (secret, key) = await keys.CreateAsync(body.Account, body.Role, body.Name, cancellationToken);
        return TypedResults.Created($"/v1/keys/{key.Id}", new NewKey(key.Id, secret, key.Account, key.Role, key.Name));
    }

    /// <summary>Takes a key back. For operators.</summary>
    internal static async Task<NoContent> RevokeAsync(string id, KeyStore keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(id, cancellationToken) ? TypedResults.NoContent() : throw ProblemException.NotFound("There is no key of that id; those of the configuration are taken back there.");
}

/// <summary>Signs in.</summary>
/// <param name="Key">An API key.</param>
internal sealed record LoginBody(string Key);

/// <summary>Asks for a key.</summary>
/// <param name="Account">The tenant whose key it will be.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Role">What its holder may.</param>
internal sealed record KeyBody(string Account, string Name, string Role = "user") : IAuditSubject
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string AuditSubject => $"{Name} of {Account} ({Role})";
}

/// <summary>A key that was made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">The key itself.</param>
/// <param name="Account">The tenant whose key it is.</param>
/// <param name="Role">What its holder may.</param>
/// <param name="Name">What people call it.</param>
internal sealed record NewKey(string Id, string Key, string Account, string Role, string Name) : IAuditSubject
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string AuditSubject => Id;
}
