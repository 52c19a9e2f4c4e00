using Microsoft.OpenApi;

namespace Darkroom.Gateway;

/// <summary>The OpenAPI document of the API.</summary>
internal static class ApiDescription
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Darkroom", Version = "v1", Description = "Restores photographs. Errors are problem details; docs/api.md tells the rules that hold for every route." };
            document.Servers = [];
            return Task.CompletedTask;
        });
    });
}
