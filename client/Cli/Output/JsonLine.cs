using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Darkroom.Cli.Output;

/// <summary>Answers for programs: an object a line, in the shapes of the HTTP API.</summary>
internal static class JsonLine
{
    // Ids are without their tenant, as the API has them: whose they are follows from who asks.
    private static readonly string[] IdsWithTenant = ["runId", "jobId"];

    // Sentences with apostrophes and angle brackets stay readable; a line is for programs, not for pages.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(HideTenants),
    };

    /// <summary>Writes an object as one line.</summary>
    public static void Write<T>(TextWriter writer, T value) => writer.WriteLine(JsonSerializer.Serialize(value, Options));

    private static void HideTenants(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.PropertyType == typeof(string)))
        {
            if (IdsWithTenant.Contains(property.Name) && property.Get is { } get)
                property.Get = owner => ShortId((string?)get(owner));
            else if (property.Name == "tenant")
                property.ShouldSerialize = (_, _) => false;
        }
    }

    /// <summary>The id of a run or a job without the tenant.</summary>
    public static string? ShortId(string? id) => id?[(id.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
