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

    // The serializer's messages are about types of this program, which nobody who writes a resource knows.
    private static string Reason(JsonException error)
    {
        const string missing = "including: ";
        var start = error.Message.IndexOf(missing, StringComparison.Ordinal);
        return start < 0
            ? "the value is missing, has another type or is out of range; 'kubectl explain' tells what is allowed."
            : $"it lacks {error.Message[(start + missing.Length)..]}";
    }
}
