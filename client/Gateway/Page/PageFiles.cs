using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Page;

/// <summary>Serves the built page, or says that it was not built.</summary>
internal static class PageFiles
{
    private const string Index = "index.html";
    private const string NotBuilt =
        "Darkroom runs. Its page was not built: install Node.js and npm (Debian: apt-get install nodejs npm), then run './cluster setup' and start again.\n"
        + "The HTTP API is here, under /v1; /openapi/v1.json describes it, and docs/api.md tells how to use it.\n";

    /// <summary>Adds the page.</summary>
    public static void UsePage(this WebApplication host)
    {
        var folder = host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.PageFolder ?? FindFolder();
        if (folder is null || !File.Exists(Path.Combine(folder, Index)))
        {
            host.MapGet("/", () => TypedResults.Text(NotBuilt, "text/plain")).AllowAnonymous().ExcludeFromDescription();
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        host.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            // Vite puts the content's hash into the names of what it builds.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        host.MapGet("/{*path:nonfile}", (HttpContext context) => Shell(context, files)).AllowAnonymous().ExcludeFromDescription();
    }

    // Paths of the page are the page's own business; those of the API that do not exist are not.
    private static IResult Shell(HttpContext context, PhysicalFileProvider files)
    {
        if (Safety.SecurityHeaders.IsApi(context.Request.Path))
            return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.PhysicalFile(files.GetFileInfo(Index).PhysicalPath!, "text/html; charset=utf-8");
    }

    private static string? FindFolder()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "page");
        if (Directory.Exists(beside))
            return beside;
        for (var place = new DirectoryInfo(AppContext.BaseDirectory); place is not null; place = place.Parent)
        {
            var built = Path.Combine(place.FullName, "client", "Page", "dist");
            if (Directory.Exists(built))
                return built;
        }

        return null;
    }
}
