using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Microsoft.AspNetCore.Antiforgery;

namespace Darkroom.Gateway.Safety;

/// <summary>Refuses what another site's page makes a browser send: by what the browser says of the origin, and with a cookie also by a token.</summary>
internal static class RequestForgery
{
    /// <summary>The header of the token.</summary>
    public const string TokenHeader = "X-Darkroom-Antiforgery";

    /// <summary>Adds the framework's antiforgery.</summary>
    public static void AddRequestForgeryChecks(this IServiceCollection services) => services.AddAntiforgery(options =>
    {
        options.HeaderName = TokenHeader;
        options.Cookie.Name = "darkroom-antiforgery";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.SuppressXFrameOptionsHeader = true;
    });

    /// <summary>Checks every request that changes something; comes behind authentication.</summary>
    public static void UseRequestForgeryChecks(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method))
        {
            RequireSameSite(context.Request);
            if (context.User.Identity?.AuthenticationType == GatewayIdentity.CookieScheme)
                await RequireTokenAsync(context);
        }

        await next(context);
    });

    private static void RequireSameSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        var isForeign = site.Length > 0 && site is not ("same-origin" or "none");
        if (isForeign || (origin.Length > 0 && !IsOwn(origin, request)))
            throw new ProblemException(StatusCodes.Status403Forbidden, "cross-site", "Another site's page sent the request.", "Requests that change something are taken from this gateway's own page and from programs, not from pages of other sites.");
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static async Task RequireTokenAsync(HttpContext context)
    {
        try
        {
            await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, "antiforgery", "The antiforgery token is missing or wrong.", $"Send the 'antiforgeryToken' of GET /v1/me in the header {TokenHeader}.");
        }
    }
}
