using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>Members of a <c>tokenizer.json</c>; what is missing or of another kind is an error that names it.</summary>
internal static class JsonMembers
{
    public static JsonElement Get(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
            ? value
            : throw new InvalidCheckpointException($"It has no '{name}' where one belongs.");

    public static JsonElement Object(JsonElement json, string name) => Kind(json, name, JsonValueKind.Object);

    public static string Text(JsonElement json, string name) => Kind(json, name, JsonValueKind.String).GetString()!;

    public static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A member that may be missing or null.</summary>
    public static JsonElement? Optional(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Ids by piece: each once, in 0..<see cref="TokenizerFile.MaxPieces"/> - 1.</summary>
    public static Dictionary<string, int> Ids(JsonElement vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<int>();
        foreach (var entry in vocabulary.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0 || id >= TokenizerFile.MaxPieces)
                throw new InvalidCheckpointException($"The id of '{Short(entry.Name)}' is not a whole number in 0..{TokenizerFile.MaxPieces - 1}.");
            if (entry.Name.Length > TokenizerFile.MaxPieceLength)
                throw new InvalidCheckpointException($"A piece has {entry.Name.Length} characters; at most {TokenizerFile.MaxPieceLength} are allowed.");
            if (!seen.Add(id) || !ids.TryAdd(entry.Name, id))
                throw new InvalidCheckpointException($"The piece '{Short(entry.Name)}' or its id {id} stands twice.");
        }

        return ids;
    }

    private static JsonElement Kind(JsonElement json, string name, JsonValueKind kind)
    {
        var value = Get(json, name);
        return value.ValueKind == kind ? value : throw new InvalidCheckpointException($"'{name}' is {value.ValueKind}; {kind} is needed.");
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
