using System.Text.Json;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Reads the JSON files that are published beside weights.</summary>
internal static class PublishedConfig
{
    /// <summary>The class of VLM-IMI's <c>ipfms/config.json</c>, which names none.</summary>
    public const string IpfmClass = "IPFM";

    private const int MaxBytes = 4 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidCheckpointException">It is no JSON object.</exception>
    public static JsonElement Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new InvalidCheckpointException($"{path} has more than the {MaxBytes} bytes allowed for a configuration.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new InvalidCheckpointException($"{path} is no JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidCheckpointException($"{path} is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>The class that a configuration is of: diffusers' <c>_class_name</c>, the first of transformers' <c>architectures</c>, or the paper's own form.</summary>
    /// <returns>The class; empty when the configuration says nothing.</returns>
    public static string ClassOf(JsonElement config)
    {
        if (config.TryGetProperty("_class_name", out var name) && name.ValueKind == JsonValueKind.String)
            return name.GetString()!;
        if (config.TryGetProperty("architectures", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String)
            return list[0].GetString()!;
        return config.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object && model.TryGetProperty("num_latents", out _) ? IpfmClass : string.Empty;
    }

    /// <summary>The parts that a <c>model_index.json</c> lists: name and class.</summary>
    public static IEnumerable<(string Name, string Class)> Parts(JsonElement index) =>
        from property in index.EnumerateObject()
        where property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() == 2 && property.Value[1].ValueKind == JsonValueKind.String
        select (property.Name, property.Value[1].GetString()!);
}
