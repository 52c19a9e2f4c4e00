using YamlDotNet.Serialization;

namespace Darkroom.Tests.Kubernetes.Support;

/// <summary>A value of a YAML file: a map, a list, a text or nothing.</summary>
internal sealed class Yaml(object? value)
{
    public static Yaml None { get; } = new(null);

    public bool IsThere => value is not null;

    public string? Text => value as string;

    public int Number => int.Parse(Text ?? throw new InvalidDataException("A number is missing."), System.Globalization.CultureInfo.InvariantCulture);

    public bool IsTrue => Text == "true";

    public IReadOnlyList<Yaml> Items => value is List<object?> list ? [.. list.Select(item => new Yaml(item))] : [];

    public IReadOnlyDictionary<string, Yaml> Fields => value is Dictionary<object, object?> map
        ? map.ToDictionary(pair => (string)pair.Key, pair => new Yaml(pair.Value), StringComparer.Ordinal)
        : new Dictionary<string, Yaml>();

    public IReadOnlyDictionary<string, string> Texts => Fields.Where(pair => pair.Value.Text is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Text!, StringComparer.Ordinal);

    public Yaml this[string name] => Fields.GetValueOrDefault(name, None);

    /// <summary>Follows names divided by slashes.</summary>
    public Yaml At(string path) => path.Split('/').Aggregate(this, (node, name) => node[name]);

    public static IReadOnlyList<Yaml> Parse(string text)
    {
        var deserializer = new DeserializerBuilder().Build();
        var parser = new YamlDotNet.Core.Parser(new StringReader(text));
        YamlDotNet.Core.ParserExtensions.Consume<YamlDotNet.Core.Events.StreamStart>(parser);
        var documents = new List<Yaml>();
        while (YamlDotNet.Core.ParserExtensions.Accept<YamlDotNet.Core.Events.DocumentStart>(parser, out _))
            documents.Add(new Yaml(deserializer.Deserialize(parser)));
        return documents;
    }
}

/// <summary>A resource of Kubernetes.</summary>
internal sealed record Resource(Yaml Yaml)
{
    private static readonly string[] WorkloadKinds = ["Deployment", "StatefulSet", "Job"];

    public string Kind => Yaml["kind"].Text!;

    public string Name => Yaml.At("metadata/name").Text!;

    public string? Space => Yaml.At("metadata/namespace").Text;

    public IReadOnlyDictionary<string, string> Labels => Yaml.At("metadata/labels").Texts;

    public bool IsWorkload => WorkloadKinds.Contains(Kind);

    /// <summary>Gets the pod of a workload.</summary>
    public Yaml Pod => Yaml.At("spec/template");

    public IReadOnlyDictionary<string, string> PodLabels => Pod.At("metadata/labels").Texts;

    public IReadOnlyList<Yaml> Containers => [.. Pod.At("spec/initContainers").Items, .. Pod.At("spec/containers").Items];

    public Yaml this[string path] => Yaml.At(path);

    public override string ToString() => $"{Kind}/{Name}";
}

/// <summary>Everything that an overlay makes.</summary>
internal sealed class Manifest(string text)
{
    public IReadOnlyList<Resource> Resources { get; } = [.. Yaml.Parse(text).Where(node => node.IsThere).Select(node => new Resource(node))];

    public IEnumerable<Resource> Workloads => Resources.Where(resource => resource.IsWorkload);

    public IEnumerable<Resource> Of(string kind) => Resources.Where(resource => resource.Kind == kind);

    public Resource? Find(string kind, string? name) => Of(kind).SingleOrDefault(resource => resource.Name == name);

    /// <summary>Tells whether labels are those that a selector asks for.</summary>
    public static bool Selects(Yaml selector, IReadOnlyDictionary<string, string> labels) =>
        selector["matchLabels"].Texts.All(wanted => labels.GetValueOrDefault(wanted.Key) == wanted.Value)
        && selector["matchExpressions"].Items.All(rule => rule["operator"].Text switch
        {
            "In" => labels.TryGetValue(rule["key"].Text!, out var value) && rule["values"].Items.Any(allowed => allowed.Text == value),
            "Exists" => labels.ContainsKey(rule["key"].Text!),
            var other => throw new NotSupportedException($"The operator {other} is not used here."),
        });
}
