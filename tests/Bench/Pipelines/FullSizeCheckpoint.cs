using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Bench.Harness;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>A checkpoint of the published size with random weights in float16, as published ones are.</summary>
internal interface IFullSizeCheckpoint
{
    /// <summary>Gets the number of parameters of the networks of full size.</summary>
    long ParameterCount { get; }

    /// <summary>Gets what one must know to read the figures.</summary>
    string Note { get; }

    /// <summary>Gets how many denoising steps are measured where nothing else is asked for.</summary>
    int Steps { get; }

    /// <summary>Writes it and loads its pipeline.</summary>
    /// <param name="checkpoints">Where it is written to.</param>
    /// <param name="written">Told when its weights are going to be read.</param>
    /// <param name="cancellationToken">Stops the import.</param>
    Task<LoadedModel> LoadAsync(BenchCheckpoints checkpoints, Action written, CancellationToken cancellationToken);
}

/// <summary>A checkpoint in the published layout.</summary>
/// <param name="plan">What it is made of.</param>
internal sealed class FullSizeCheckpoint(FullSizePlan plan) : IFullSizeCheckpoint
{
    private const string EditPrefix = "edit_head.";
    private const string EmbeddingsKind = "edit-embeddings";
    private const string ConfigName = "config.json";

    private readonly Dictionary<FullSizePart, IReadOnlyDictionary<string, long[]>> shapes = plan.Parts.ToDictionary(part => part, ShapesOf);

    public string Note => plan.Note;

    public int Steps => 2;

    public long ParameterCount => shapes.Values.SelectMany(part => part.Values).Sum(shape => shape.Aggregate(1L, (product, size) => product * size));

    public Task<LoadedModel> LoadAsync(BenchCheckpoints checkpoints, Action written, CancellationToken cancellationToken) =>
        checkpoints.LoadAsync(Write, written, cancellationToken);

    private void Write(string folder)
    {
        NanoCheckpoint.Write(plan.Pipeline, 1, folder);
        var seed = 1;
        foreach (var part in plan.Parts)
        {
            var path = Path.Combine(folder, part.File);
            var config = Path.Combine(Path.GetDirectoryName(path)!, ConfigName);
            if (File.Exists(config))
                File.WriteAllText(config, Configure(part, JsonNode.Parse(File.ReadAllText(config))!.AsObject()).ToJsonString());
            using var tensors = new RandomTensors(shapes[part], ScalarType.Float16, seed++);
            using var bytes = new SafetensorsStream(tensors);
            using var file = File.Create(path);
            bytes.CopyTo(file);
        }
    }

    private static JsonObject Configure(FullSizePart part, JsonObject nano)
    {
        var settings = part.Section is { } section ? nano[section]!.AsObject() : nano;
        if ((part.Manifest ?? part.SizedAs) is { } manifest)
            Replace(settings, KeyManifest.Read(manifest).Config);
        Replace(settings, part.Settings);
        return nano;
    }

    private static void Replace(JsonObject settings, JsonObject by)
    {
        foreach (var (name, value) in by)
            settings[name] = value?.DeepClone();
    }

    private static IReadOnlyDictionary<string, long[]> ShapesOf(FullSizePart part)
    {
        if (part.Manifest is { } manifest)
            return KeyManifest.Read(manifest).Shapes;
        var config = new JsonObject();
        if (part.SizedAs is { } sized)
            Replace(config, KeyManifest.Read(sized).Config);
        Replace(config, part.Settings);
        var found = Shapes(part.Kind, config).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (part.Kind != "edit-head")
            return found;

        // The published file has the words of LLaVA beside the edit head; here those of the nano one.
        var both = found.ToDictionary(pair => EditPrefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach (var (name, shape) in Shapes(EmbeddingsKind, new JsonObject { ["vocab_size"] = 395, ["hidden_size"] = 32, ["image_tokens"] = 8 }))
            both.Add(name, shape);
        return both;
    }

    // A network without weights takes no memory.
    private static List<KeyValuePair<string, long[]>> Shapes(string kind, JsonObject config)
    {
        using var scope = NewDisposeScope();
        using var network = ComponentCatalogue.Find(kind).Make(JsonSerializer.SerializeToElement(config));
        return [.. network.state_dict().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.shape))];
    }
}

/// <summary>Names and shapes of a published checkpoint, and its configuration.</summary>
/// <param name="Shapes">Shapes by name.</param>
/// <param name="Config">The configuration.</param>
internal sealed record KeyManifest(IReadOnlyDictionary<string, long[]> Shapes, JsonObject Config)
{
    /// <summary>Reads a manifest of the fixtures.</summary>
    /// <exception cref="BenchmarkSkippedException">It is not there.</exception>
    public static KeyManifest Read(string name)
    {
        var fixtures = Environment.GetEnvironmentVariable("DARKROOM_FIXTURES") ?? Path.Combine(Repository.Root, "..", "shared", "fixtures");
        var path = Path.GetFullPath(Path.Combine(fixtures, "key_manifests", name + ".json"));
        if (!File.Exists(path))
            throw new BenchmarkSkippedException($"the size of the published network is in {path}, which is not there; DARKROOM_FIXTURES names another folder of fixtures");
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        return new KeyManifest(
            root["keys"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.AsArray().Select(size => size!.GetValue<long>()).ToArray(), StringComparer.Ordinal),
            root["config"]!.AsObject());
    }
}
