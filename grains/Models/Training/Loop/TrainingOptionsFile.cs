using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Models.Training.Loop;

/// <summary>Reads the configurations of trainings: JSON with comments, whose keys are those of the options and no others.</summary>
public static class TrainingOptionsFile
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNameCaseInsensitive = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,           // within a key; of the keys themselves better is told below
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    // What may change between a training and its resumption without making another training of it.
    private static readonly string[] FreeKeys = ["steps", "minutes", "checkpointSteps", "reportSteps"];

    /// <summary>Reads and checks a configuration.</summary>
    /// <param name="path">Path of the file, or null for the defaults.</param>
    /// <exception cref="ArgumentException">It is not JSON, has a key that is not known or twice, or a value that is not allowed.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static T Read<T>(string? path)
        where T : TrainingOptions, new() => path is null ? Parse<T>("{}", "The defaults") : Parse<T>(File.ReadAllText(path), path);

    /// <summary>Reads and checks a configuration.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="ArgumentException">It is not JSON, has a key that is not known or twice, or a value that is not allowed.</exception>
    public static T Parse<T>(string json, string name)
        where T : TrainingOptions, new()
    {
        T options;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ArgumentException($"{name} is not a training configuration: it must be a JSON object.");
            RequireKnownKeys<T>(document.RootElement, name);
            options = document.RootElement.Deserialize<T>(Format)!;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"{name} is not a training configuration: {Shorten(error)}", error);
        }

        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{name}: {error.Message}", error);
        }
    }

    /// <summary>Writes options as a configuration that <see cref="Parse"/> reads.</summary>
    public static string Write(TrainingOptions options) => JsonSerializer.Serialize(options, options.GetType(), Format);

    /// <summary>Refuses options that would go on with another training than the one that was begun.</summary>
    /// <param name="begun">What <see cref="Write"/> gave when it was begun.</param>
    /// <param name="options">The options now.</param>
    /// <exception cref="ArgumentException">They differ in more than steps, time and reports; the message names the keys.</exception>
    public static void RequireAlike(string begun, TrainingOptions options)
    {
        using var before = JsonDocument.Parse(begun);
        using var now = JsonDocument.Parse(Write(options));
        var old = before.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText(), StringComparer.Ordinal);
        var changed = now.RootElement.EnumerateObject()
            .Where(member => !FreeKeys.Contains(member.Name) && old.GetValueOrDefault(member.Name) != member.Value.GetRawText())
            .Select(member => $"{member.Name} was {old.GetValueOrDefault(member.Name, "not known")} and is {member.Value.GetRawText()}")
            .ToList();
        if (changed.Count > 0)
            throw new ArgumentException($"This is not the training that was begun: {string.Join("; ", changed)}. Only {string.Join(", ", FreeKeys)} may change.");
    }

    /// <summary>The key of a property.</summary>
    internal static string KeyOf(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    private static void RequireKnownKeys<T>(JsonElement root, string name)
    {
        var known = typeof(T).GetProperties().Where(property => property.CanWrite).Select(property => KeyOf(property.Name)).Order(StringComparer.Ordinal).ToList();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in root.EnumerateObject())
        {
            if (!known.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
                throw new ArgumentException($"{name}: there is no key '{member.Name}'; known are {string.Join(", ", known)}.");
            if (!seen.Add(member.Name))
                throw new ArgumentException($"{name}: the key '{member.Name}' is there twice.");
        }
    }

    // Without the name of the .NET type.
    private static string Shorten(JsonException error) => error.Path is { Length: > 2 } path && error.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
        ? $"the value of '{path[2..]}' is of the wrong kind (line {error.LineNumber + 1})."
        : error.Message;
}
