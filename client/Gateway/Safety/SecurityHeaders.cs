using Darkroom.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Safety;

/// <summary>Tells browsers to trust nothing that does not come from here, on every answer.</summary>
internal static class SecurityHeaders
{
    // Pictures that a page has fetched itself are blobs; nothing is loaded from other hosts, and no script stands in the page.
    // What it asks another host for is a token, of the issuer that the configuration names and of no other one.
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'{0}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // What the API answers is never a page, whatever bytes somebody uploaded.
    private const string ApiPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

    /// <summary>Adds them.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app)
    {
        var issuer = app.ApplicationServices.GetRequiredService<IOptions<IdentityOptions>>().Value.PageIssuer;
        var pagePolicy = PagePolicy.Replace("{0}", issuer is null ? string.Empty : $" {issuer}", StringComparison.Ordinal);
        app.Use((context, next) =>
        {
            SetHeaders(context, pagePolicy);
            return next(context);
        });
    }

    /// <summary>Tells whether a path is of the API, not of the page.</summary>
    public static bool IsApi(PathString path) => path.StartsWithSegments("/v1") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/healthz");

    private static void SetHeaders(HttpContext context, string pagePolicy)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = IsApi(context.Request.Path) ? ApiPolicy : pagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
    }
}
