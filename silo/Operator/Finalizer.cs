using System.Text.Json.Nodes;
using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator;

/// <summary>The operator's word on a resource that it wants to clear up before the resource goes.</summary>
internal static class Finalizer
{
    /// <summary>The word.</summary>
    public const string Name = ResourceKind.Group + "/operator";

    /// <summary>Tells whether it is on a resource.</summary>
    public static bool IsOn(KubernetesResource resource) => resource.Metadata.Finalizers?.Contains(Name, StringComparer.Ordinal) == true;

    /// <summary>Puts it on a resource.</summary>
    /// <returns>The resource as it is now.</returns>
    /// <exception cref="KubernetesException">The API server failed, or the resource changed meanwhile.</exception>
    public static async Task<KubernetesResource> AddAsync(KubernetesClient client, ResourceKind kind, KubernetesResource resource, CancellationToken cancellationToken) =>
        IsOn(resource) ? resource : await SetAsync(client, kind, resource, [.. resource.Metadata.Finalizers ?? [], Name], cancellationToken);

    /// <summary>Takes it from a resource; a resource that is gone by then is no error.</summary>
    /// <exception cref="KubernetesException">The API server failed, or the resource changed meanwhile.</exception>
    public static async Task RemoveAsync(KubernetesClient client, ResourceKind kind, KubernetesResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await SetAsync(client, kind, resource, [.. (resource.Metadata.Finalizers ?? []).Where(name => name != Name)], cancellationToken);
        }
        catch (KubernetesException error) when (error.IsNotFound)
        {
            // Somebody was faster.
        }
    }

    private static Task<KubernetesResource> SetAsync(KubernetesClient client, ResourceKind kind, KubernetesResource resource, string[] names, CancellationToken cancellationToken)
    {
        var finalizers = new JsonArray([.. names.Select(name => JsonValue.Create(name))]);
        return client.PatchAsync(kind, resource, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = finalizers } }, isStatus: false, cancellationToken);
    }
}
