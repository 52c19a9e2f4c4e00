using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>How resources are read and written: names as they are, no number in quotes, no null where a value must be.</summary>
internal static class KubernetesJson
{
    /// <summary>Gets the settings. What is null is written: in a merge patch that takes the field away.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 1024,                                                        // one resource that is nested deeply must not spoil the list that it stands in
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false), new TimeConverter() },
    };

    /// <summary>Reads a part of a resource; what somebody spoilt counts as not there.</summary>
    public static T? TryRead<T>(JsonElement element)
        where T : class
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object ? element.Deserialize<T>(Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Tells whether a patch would leave everything as it is.</summary>
    public static bool IsNoChange(JsonElement now, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
            return patch is null ? now.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null : now.ValueKind != JsonValueKind.Undefined && JsonNode.DeepEquals(JsonSerializer.SerializeToNode(now), patch);
        return now.ValueKind == JsonValueKind.Object && fields.All(field => IsNoChange(now.TryGetProperty(field.Key, out var value) ? value : default, field.Value));
    }

    // Kubernetes' times are in whole seconds of UTC.
    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
