using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Tests.Unit;
using YamlDotNet.RepresentationModel;

namespace Darkroom.Tests.Cluster.Operator.Support;

/// <summary>A definition of a kind as the API server enforces it: fields that it does not know go, defaults are filled in, values and CEL rules are checked.</summary>
internal sealed class StubSchema
{
    private readonly JsonObject root;

    private StubSchema(JsonObject definition)
    {
        Definition = definition;
        root = (JsonObject)definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;
    }

    /// <summary>Gets the whole definition.</summary>
    public JsonObject Definition { get; }

    /// <summary>Gets the schema of the resources.</summary>
    public JsonObject Root => root;

    public static string Folder => Path.Combine(RepositoryRoot.Path, "k8s", "operator");

    /// <summary>Reads the definitions of the repository, by the plural of their kind.</summary>
    public static IReadOnlyDictionary<string, StubSchema> LoadAll() => Directory.EnumerateFiles(Folder, "*.crd.yaml")
        .Select(path => new StubSchema(Yaml(path).Single())).ToDictionary(schema => (string)schema.Definition["spec"]!["names"]!["plural"]!);

    /// <summary>Reads the documents of a file.</summary>
    public static IReadOnlyList<JsonObject> Yaml(string path)
    {
        using var reader = new StreamReader(path);
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (JsonObject)Convert(document.RootNode)!)];
    }

    /// <summary>Brings a resource into its form, or refuses it.</summary>
    public void Admit(JsonObject resource, JsonObject? old)
    {
        var faults = new List<string>();
        Visit(root, resource, old, string.Empty, faults, isRoot: true);
        if (faults.Count > 0)
            throw new StubRefusal(422, "Invalid", string.Join("; ", faults));
    }

    private static void Visit(JsonObject schema, JsonNode? value, JsonNode? old, string path, List<string> faults, bool isRoot = false)
    {
        if (Fault(schema, value) is { } fault)
        {
            faults.Add($"{path}: {fault}");
            return;
        }

        if (value is JsonObject fields && schema["properties"] is JsonObject properties)
        {
            foreach (var name in fields.Select(field => field.Key).Where(name => !properties.ContainsKey(name) && !(isRoot && name is "metadata" or "kind" or "apiVersion")).ToList())
                fields.Remove(name);
            foreach (var (name, inner) in properties)
            {
                if (!fields.ContainsKey(name) && inner!["default"] is { } preset)
                    fields[name] = preset.DeepClone();
                if (fields.ContainsKey(name))
                    Visit((JsonObject)inner!, fields[name], (old as JsonObject)?[name], $"{path}.{name}", faults);
            }

            foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => !fields.ContainsKey(name)))
                faults.Add($"{path}.{name}: Required value");
        }
        else if (value is JsonArray items && schema["items"] is JsonObject inner)
        {
            for (var i = 0; i < items.Count; i++)
                Visit(inner, items[i], null, $"{path}[{i}]", faults);
        }

        // Rules look at what is right by type.
        if (faults.Count == 0)
            CheckRules(schema, value, old, path, faults);
    }

    private static void CheckRules(JsonObject schema, JsonNode? value, JsonNode? old, string path, List<string> faults)
    {
        foreach (var rule in schema["x-kubernetes-validations"] as JsonArray ?? [])
        {
            var text = (string)rule!["rule"]!;
            var isTransition = text.Contains("oldSelf", StringComparison.Ordinal);
            if ((!isTransition || old is not null) && !CelRule.IsTrue(text, value, old))
                faults.Add($"{path}: {rule["message"]}");
        }
    }

    private static string? Fault(JsonObject schema, JsonNode? value)
    {
        var kind = value?.GetValueKind();
        var type = (string?)schema["type"];
        var fits = type switch
        {
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "string" => kind is System.Text.Json.JsonValueKind.String,
            "boolean" => kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            "integer" => kind is System.Text.Json.JsonValueKind.Number && (decimal)value!.AsValue().GetValue<decimal>() % 1 == 0,
            "number" => kind is System.Text.Json.JsonValueKind.Number,
            _ => throw new InvalidDataException($"the schema has the type '{type}'"),
        };
        if (!fits)
            return $"Invalid value: must be of type {type}";
        return value switch
        {
            JsonArray items => RangeFault(schema, items.Count, "minItems", "maxItems", "items"),
            JsonObject => null,
            _ when type == "string" => TextFault(schema, (string)value!),
            _ when type is "integer" or "number" => RangeFault(schema, value!.GetValue<decimal>(), "minimum", "maximum", "as value"),
            _ => null,
        };
    }

    private static string? TextFault(JsonObject schema, string text)
    {
        if (schema["enum"] is JsonArray allowed && allowed.All(value => (string)value! != text))
            return $"Unsupported value: \"{text}\": supported values: {string.Join(", ", allowed.Select(value => (string)value!))}";
        if ((string?)schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking))
            return $"Invalid value: should match '{pattern}'";
        return RangeFault(schema, text.EnumerateRunes().Count(), "minLength", "maxLength", "characters");
    }

    private static string? RangeFault(JsonObject schema, decimal value, string least, string most, string what)
    {
        var isOpen = schema["exclusiveMinimum"]?.GetValue<bool>() == true;
        if (schema[least]?.GetValue<decimal>() is { } minimum && (value < minimum || (isOpen && value == minimum)))
            return $"Invalid value: {value} {what}; at least {minimum}";
        return schema[most]?.GetValue<decimal>() is { } maximum && value > maximum ? $"Invalid value: {value} {what}; at most {maximum}" : null;
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain => Scalar(plain.Value!),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidDataException($"a YAML node of type {node.NodeType}"),
    };

    private static JsonNode? Scalar(string text) => text switch
    {
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        "null" or "~" or "" => null,
        _ when Regex.IsMatch(text, "^-?(0|[1-9][0-9]*)([.][0-9]+)?$") => JsonNode.Parse(text),
        _ => JsonValue.Create(text),
    };
}
