using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Tests.Unit;
using Orleans.Serialization;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>What a release wrote, kept as it was: every later release is held to reading it (docs/compatibility.md).</summary>
/// <remarks>
/// <code>
/// Golden/0.1.0/schema.json              types with their aliases and ids, enums, calls, grains, states
///              values.json              one value of each type, member by member, and its fingerprint
///              bytes-FORMAT.json        the same values as the serializer wrote them
///              cluster-FORMAT.zip       the blobs of a cluster that was lost with a session, a run and a job under way
/// </code>
/// FORMAT is <c>official</c>, or <c>compat</c> for the stand-in, whose bytes are its own.
/// </remarks>
internal sealed class GoldenRelease(string version)
{
    /// <summary>The environment variable that names the release to write.</summary>
    public const string Switch = "DARKROOM_GOLDEN";

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Root { get; } = Path.Combine(RepositoryRoot.Path, "tests", "Cluster", "Compatibility", "Golden");

    public static string Format { get; } = typeof(Serializer).Assembly.GetName().Name == "Orleans.Serialization" ? "official" : "compat";

    /// <summary>Gets the releases, oldest first.</summary>
    public static IReadOnlyList<GoldenRelease> All =>
        [.. Directory.EnumerateDirectories(Root).Select(folder => new GoldenRelease(Path.GetFileName(folder))).OrderBy(release => System.Version.Parse(release.Version))];

    public string Version { get; } = version;

    public string Folder => Path.Combine(Root, Version);

    public string ClusterArchive => Path.Combine(Folder, $"cluster-{Format}.zip");

    private string SchemaFile => Path.Combine(Folder, "schema.json");

    private string ValuesFile => Path.Combine(Folder, "values.json");

    private string BytesFile => Path.Combine(Folder, $"bytes-{Format}.json");

    public ContractSchema ReadSchema() => new(Read<SortedDictionary<string, SortedDictionary<string, string>>>(SchemaFile));

    public Dictionary<string, GoldenValue> ReadValues() => Read<Dictionary<string, GoldenValue>>(ValuesFile);

    public Dictionary<string, byte[]> ReadBytes() => Read<Dictionary<string, byte[]>>(BytesFile);

    public void Write(ContractSchema schema, IReadOnlyDictionary<string, GoldenValue> values, IReadOnlyDictionary<string, byte[]> bytes)
    {
        Directory.CreateDirectory(Folder);
        Write(SchemaFile, schema.Entries);
        Write(ValuesFile, new SortedDictionary<string, GoldenValue>(values.ToDictionary(), StringComparer.Ordinal));
        Write(BytesFile, new SortedDictionary<string, byte[]>(bytes.ToDictionary(), StringComparer.Ordinal));
    }

    private static T Read<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Layout)
        ?? throw new InvalidDataException($"'{path}' is empty.");

    private static void Write<T>(string path, T content) => File.WriteAllText(path, JsonSerializer.Serialize(content, Layout) + "\n");
}

/// <summary>A value that was written.</summary>
/// <param name="Members">Its members by name.</param>
/// <param name="Fingerprint">What its content was called where only that is kept, to recognise what is said again; empty for what is never recognised so.</param>
internal sealed record GoldenValue(JsonNode? Members, string Fingerprint);
