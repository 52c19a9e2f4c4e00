using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Darkroom.Client.Http;

/// <summary>How messages look in JSON. What an answer must have and has not is an error: a damaged answer is never taken for an empty one.</summary>
internal static class HttpJson
{
    /// <summary>Gets how requests are written.</summary>
    public static JsonSerializerOptions Requests { get; } = Make(new DefaultJsonTypeInfoResolver());

    /// <summary>Gets how answers are read.</summary>
    public static JsonSerializerOptions Answers { get; } = Make(new DefaultJsonTypeInfoResolver().WithAddedModifier(RequireWhatIsAlwaysThere));

    private static JsonSerializerOptions Make(IJsonTypeInfoResolver resolver)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            TypeInfoResolver = resolver,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly();
        return options;
    }

    // The server leaves out nulls and nothing else.
    private static void RequireWhatIsAlwaysThere(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: false } parameter)
                property.IsRequired = !parameter.IsNullable && Nullable.GetUnderlyingType(property.PropertyType) is null;
        }
    }
}
