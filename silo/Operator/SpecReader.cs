using System.Text.Json;
using Darkroom.Contracts.Errors;
using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator;

/// <summary>Reads specs that may be anything.</summary>
internal static class SpecReader
{
    /// <summary>Reads a spec.</summary>
    /// <exception cref="InvalidRequestException">It is not what it should be.</exception>
    public static T Read<T>(JsonElement spec)
        where T : class
    {
        try
        {
            return spec.ValueKind == JsonValueKind.Object
                ? spec.Deserialize<T>(KubernetesJson.Options)!
                : throw new InvalidRequestException("The resource has no spec.");
        }
        catch (JsonException error)
        {
            throw new InvalidRequestException($"The spec cannot be read at {error.Path ?? "$"}: {Reason(error)}");
        }
    }

    // The rest of the message is about types of this program.
    private static string Reason(JsonException error)
    {
        var end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}
