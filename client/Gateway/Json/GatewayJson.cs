using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Darkroom.Gateway.Json;

/// <summary>How the messages of the cluster look in JSON.</summary>
/// <remarks>
/// Ids carry their tenant inside the cluster. Outside nobody says who a tenant is: it follows from the credential, so ids are
/// written without it, and a property that a request does not have, such as <c>tenant</c>, is refused.
/// </remarks>
internal static class GatewayJson
{
    private static readonly string[] IdsWithTenant = ["runId", "jobId"];

    /// <summary>Changes the options of the framework.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(HideTenants);
    }

    private static void HideTenants(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Namespace?.StartsWith("Darkroom.Contracts", StringComparison.Ordinal) != true)
            return;
        foreach (var property in type.Properties.Where(property => property.PropertyType == typeof(string)))
        {
            if (IdsWithTenant.Contains(property.Name) && property.Get is { } get)
                property.Get = owner => WithoutTenant((string?)get(owner));
            else if (property.Name == "tenant")
                property.ShouldSerialize = (_, _) => false;
        }
    }

    private static string? WithoutTenant(string? id) => id?[(id.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
