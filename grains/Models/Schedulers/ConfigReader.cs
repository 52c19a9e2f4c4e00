using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Schedulers;

/// <summary>Typed values of a JSON object; a message of an error names the key, the value and what is allowed.</summary>
internal readonly struct ConfigReader
{
    private readonly JsonElement json;

    public ConfigReader(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InvalidCheckpointException($"A scheduler's configuration is a JSON object, not {json.ValueKind}.");
        this.json = json;
    }

    public void Refuse(string key, string reason)
    {
        if (Flag(key, false))
            throw new InvalidCheckpointException($"{key} is true, which is not offered: {reason}.");
    }

    public string Text(string key, string? missing)
    {
        if (!TryGet(key, out var value))
            return missing ?? throw new InvalidCheckpointException($"The scheduler's configuration has no '{key}'.");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, value, "text");
    }

    public bool Flag(string key, bool missing)
    {
        if (!TryGet(key, out var value))
            return missing;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, value, "true or false");
    }

    public double Number(string key, double missing, double least, double most)
    {
        if (!TryGet(key, out var value))
            return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, value, $"a number in {least}..{most}");
    }

    public int Whole(string key, int missing, int least, int most)
    {
        if (!TryGet(key, out var value))
            return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, value, $"a whole number in {least}..{most}");
    }

    public IReadOnlyList<double>? Numbers(string key)
    {
        if (!TryGet(key, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, value, "a list of numbers");
        var numbers = new List<double>();
        foreach (var item in value.EnumerateArray())
            numbers.Add(item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var number) ? number : throw Wrong(key, item, "a number"));
        return numbers;
    }

    public T Choice<T>(string key, string missing, (string Name, T Value)[] choices)
    {
        var name = Text(key, missing);
        foreach (var choice in choices)
        {
            if (choice.Name == name)
                return choice.Value;
        }

        throw new InvalidCheckpointException($"{key} is '{name}'; offered are {string.Join(", ", choices.Select(choice => choice.Name))}.");
    }

    private bool TryGet(string key, out JsonElement value) => json.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

    private static InvalidCheckpointException Wrong(string key, JsonElement value, string allowed)
    {
        var text = value.GetRawText();
        return new($"{key} is {(text.Length > 80 ? text[..80] + "..." : text)}; allowed is {allowed}.");
    }
}
