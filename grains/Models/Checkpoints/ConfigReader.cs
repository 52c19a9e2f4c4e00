using System.Globalization;
using System.Text.Json;

namespace Darkroom.Models.Checkpoints;

/// <summary>Reads the settings of one network from its <c>config.json</c>, and refuses what the network cannot do.</summary>
/// <remarks>
/// A key that is absent or null has the default that the library which wrote the file gives it: published files leave out what
/// equals the default. Keys that no one asks for do not change what a network computes (dropout, initialisation, versions).
/// </remarks>
public sealed class ConfigReader
{
    private const int MaxSize = 1 << 24;
    private const int MaxQuoted = 80;                                           // characters of a value in a message

    private readonly JsonElement root;
    private readonly string network;

    /// <summary>Makes a reader.</summary>
    /// <param name="root">The object with the settings.</param>
    /// <param name="network">What the settings are of, for messages, e.g. "T5 encoder".</param>
    /// <exception cref="InvalidCheckpointException">It is not a JSON object.</exception>
    public ConfigReader(JsonElement root, string network)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidCheckpointException($"The configuration of the {network} is not a JSON object but {root.ValueKind}.");
        this.root = root;
        this.network = network;
    }

    /// <summary>Whether a key is there and is not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Reads a section, an object of its own; null if it is absent.</summary>
    public ConfigReader? Section(string key) => Find(key) is { } value ? new ConfigReader(value, network) : null;

    /// <summary>Reads a count or a width, at least 1.</summary>
    public int Size(string key, int fallback) => Whole(key, fallback, 1, MaxSize);

    /// <summary>Reads an integer of a range.</summary>
    public int Whole(string key, int fallback, int least, int most) => Find(key) is not { } value
        ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Refused(key, value.GetRawText(), $"an integer from {least} to {most}");

    /// <summary>Reads a number of a range.</summary>
    public double Number(string key, double fallback, double least, double most) => Find(key) is not { } value
        ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Refused(key, value.GetRawText(), string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    /// <summary>Reads a list of numbers; null if it is absent.</summary>
    public IReadOnlyList<double>? Numbers(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var number)
                ? number
                : throw Refused(key, item.GetRawText(), "a list of numbers"))]
            : throw Refused(key, value.GetRawText(), "a list of numbers");

    /// <summary>Reads a list of counts or widths, each at least 1.</summary>
    public IReadOnlyList<int> Sizes(string key, params int[] fallback) => Find(key) is not { } value
        ? fallback
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var size) && size is >= 1 and <= MaxSize
                ? size
                : throw Refused(key, value.GetRawText(), $"a list of integers from 1 to {MaxSize}"))]
            : throw Refused(key, value.GetRawText(), $"a list of integers from 1 to {MaxSize}");

    /// <summary>Reads a count for each of several blocks; a single number stands for all of them.</summary>
    public IReadOnlyList<int> SizePerBlock(string key, int fallback, int blockCount)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array } list)
            return [.. Enumerable.Repeat(Size(key, fallback), blockCount)];
        var sizes = Sizes(key);
        return sizes.Count == blockCount ? sizes : throw Refused(key, list.GetRawText(), $"a number, or {blockCount} of them, one a block");
    }

    /// <summary>Reads a list of words and what each stands for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The words if the key is absent.</param>
    /// <param name="meanings">The words that are supported, with what each stands for.</param>
    public IReadOnlyList<T> Choices<T>(string key, IReadOnlyList<string> fallback, IReadOnlyDictionary<string, T> meanings)
    {
        var words = fallback;
        if (Find(key) is { } value)
        {
            words = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
                : throw Refused(key, value.GetRawText(), "a list of words");
        }

        return [.. words.Select(word => meanings.TryGetValue(word, out var meaning)
            ? meaning
            : throw Refused(key, $"\"{word}\"", string.Join(" or ", meanings.Keys.Order(StringComparer.Ordinal))))];
    }

    /// <summary>Reads any integer, e.g. the index of a layer counted from the end.</summary>
    public int Index(string key, int fallback) => Find(key) is not { } value
        ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Refused(key, value.GetRawText(), "an integer");

    /// <summary>Reads a number greater than 0.</summary>
    public double Positive(string key, double fallback) => Find(key) is not { } value
        ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number > 0 && double.IsFinite(number)
            ? number
            : throw Refused(key, value.GetRawText(), "a number greater than 0");

    /// <summary>Reads a switch.</summary>
    public bool Flag(string key, bool fallback) => Find(key) is not { } value
        ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Refused(key, value.GetRawText(), "true or false");

    /// <summary>Reads one of several words.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The word if the key is absent.</param>
    /// <param name="meanings">The words that are supported, with what each stands for.</param>
    public T Choice<T>(string key, string fallback, IReadOnlyDictionary<string, T> meanings)
    {
        var allowed = string.Join(" or ", meanings.Keys.Order(StringComparer.Ordinal));
        var word = fallback;
        if (Find(key) is { } value)
            word = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refused(key, value.GetRawText(), allowed);
        return meanings.TryGetValue(word, out var meaning) ? meaning : throw Refused(key, $"\"{word}\"", allowed);
    }

    /// <summary>Whether a list of words has one of these; an absent list has none.</summary>
    public bool ListsAny(string key, params string[] words) => Find(key) is { ValueKind: JsonValueKind.Array } list
        && list.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && words.Contains(item.GetString()));

    /// <summary>Refuses a setting that the network does not have, unless it is absent, null or as the network is.</summary>
    public void Only(string key, bool supported)
    {
        if (Flag(key, supported) != supported)
            throw Refused(key, supported ? "false" : "true", supported ? "true" : "false");
    }

    /// <summary>Refuses a setting that the network does not have, unless it is absent or null.</summary>
    public void Absent(string key)
    {
        if (Find(key) is { } value)
            throw Refused(key, value.GetRawText(), "null");
    }

    /// <summary>Refuses a number that must equal another.</summary>
    public void Exactly(string key, int expected, string reason)
    {
        if (Index(key, expected) is var actual && actual != expected)
            throw Refused(key, actual.ToString(CultureInfo.InvariantCulture), $"{expected}, {reason}");
    }

    /// <summary>An error about a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="actual">The value, as it is written.</param>
    /// <param name="allowed">What is allowed.</param>
    public InvalidCheckpointException Refused(string key, string actual, string allowed) =>
        new($"The configuration of the {network} has {key} = {(actual.Length > MaxQuoted ? actual[..MaxQuoted] + "..." : actual)}; supported is {allowed}.");

    private JsonElement? Find(string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
