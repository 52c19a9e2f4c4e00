using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator;

/// <summary>Writes what is said of a resource.</summary>
internal static class StatusWriter
{
    /// <summary>Writes a status, unless it is there already.</summary>
    /// <exception cref="KubernetesException">The API server failed, or the resource changed meanwhile.</exception>
    public static async Task WriteAsync<T>(KubernetesClient client, ResourceKind kind, KubernetesResource resource, T status, CancellationToken cancellationToken)
    {
        var patch = JsonSerializer.SerializeToNode(status, KubernetesJson.Options);
        if (!KubernetesJson.IsNoChange(resource.Status, patch))
            await client.PatchAsync(kind, resource, new JsonObject { ["status"] = patch }, isStatus: true, cancellationToken);
    }
}
