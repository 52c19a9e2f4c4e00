using System.Text.Json;
using Darkroom.Models.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>One folder of reference weights, inputs and outputs.</summary>
internal sealed class Fixture : IDisposable
{
    private const string NoFixtures = "The reference fixtures are not here: neither DARKROOM_FIXTURES nor ../shared/fixtures names a folder.";

    private readonly JsonElement meta;
    private readonly SafetensorsFile? weights;
    private readonly SafetensorsFile io;

    private Fixture(string folder)
    {
        Name = Path.GetFileName(folder);
        meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json"))).RootElement;
        var weightsPath = Path.Combine(folder, "weights.safetensors");
        weights = File.Exists(weightsPath) ? SafetensorsFile.Open(weightsPath) : null;
        io = SafetensorsFile.Open(Path.Combine(folder, "io.safetensors"));
    }

    public string Name { get; }

    public JsonElement Meta => meta;

    public JsonElement Config => meta.GetProperty("config");

    public SafetensorsFile Weights => weights ?? throw new InvalidOperationException($"{Name} has no weights.");

    public SafetensorsFile Io => io;

    /// <summary>The cases of the fixture: what stands before the first dot of an input's name.</summary>
    public IEnumerable<string> Cases => io.Entries.Keys.Select(key => key.Split('.')[0]).Distinct();

    /// <summary>Opens a fixture, or skips the test with the reason.</summary>
    public static Fixture Open(string name) => new(FolderOf(name));

    /// <summary>Finds a fixture's folder, or skips the test with the reason.</summary>
    public static string FolderOf(string name)
    {
        var folder = FixtureFolder();
        Assert.SkipWhen(folder is null, NoFixtures);
        var path = Path.Combine(folder!, name);
        Assert.SkipUnless(Directory.Exists(path), $"{folder} has no fixture '{name}'.");
        return path;
    }

    public int[] Numbers(string key) => [.. Config.GetProperty(key).EnumerateArray().Select(number => number.GetInt32())];

    public int Number(string key) => Config.GetProperty(key).GetInt32();

    public Tensor Read(string key) => io.Read(key);

    /// <summary>Fails unless a tensor is what the reference computed, within the tolerance that the fixture states.</summary>
    public void AssertClose(string key, Tensor actual)
    {
        var tolerance = meta.GetProperty("tolerance");
        var atol = tolerance.TryGetProperty("per_key_atol", out var perKey) && perKey.TryGetProperty(key, out var own)
            ? own.GetDouble()
            : tolerance.GetProperty("atol").GetDouble();
        AssertClose(key, actual, atol, tolerance.GetProperty("rtol").GetDouble());
    }

    /// <summary>The same with a tolerance that the fixture states in words.</summary>
    public void AssertClose(string key, Tensor actual, double atol, double rtol)
    {
        using var scope = NewDisposeScope();
        var expected = io.Read(key).to(ScalarType.Float64);
        Assert.Equal(expected.shape, actual.shape);
        var error = (actual.detach().to(ScalarType.Float64) - expected).abs();
        var excess = (error - rtol * expected.abs()).max().ToDouble();
        var worst = error.max().ToDouble();
        // Not 0 / 0 where nothing is allowed and nothing is wrong.
        var share = (error / (expected.abs() * rtol + Math.Max(atol, 1e-300))).max().ToDouble();
        ParityReport.Add(Name, key, worst, atol, expected.abs().max().ToDouble(), share);
        Assert.True(excess <= atol, $"{Name} {key}: largest error {worst:E2}, allowed {atol:E2} + {rtol:E0} x |value|.");
    }

    /// <summary>Fails where a tensor of whole numbers differs from the reference's by more levels than the fixture states.</summary>
    public void AssertLevels(string key, Tensor actual)
    {
        var allowed = meta.GetProperty("tolerance").GetProperty("integer_outputs_max_level_difference").GetProperty(key).GetDouble();
        AssertClose(key, actual, allowed, 0);
    }

    /// <summary>Compares every gradient that the reference names.</summary>
    /// <param name="case">The case.</param>
    /// <param name="parameter">Finds a parameter by its name in the checkpoint.</param>
    public void AssertGradients(string @case, Func<string, Tensor> parameter)
    {
        var prefix = $"{@case}.out.grad.";
        var keys = io.Entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => AssertClose(key, parameter(key[prefix.Length..]).grad!));
    }

    /// <summary>Does the same with every fixture whose name begins so, or skips the test if there is none.</summary>
    public static void ForEach(string prefix, Action<Fixture> test)
    {
        var folder = FixtureFolder();
        Assert.SkipWhen(folder is null, NoFixtures);
        var found = Directory.EnumerateDirectories(folder!, prefix + "*").Order(StringComparer.Ordinal).ToList();
        Assert.SkipWhen(found.Count == 0, $"{folder} has no fixture '{prefix}*'.");
        foreach (var path in found)
        {
            using var fixture = new Fixture(path);
            test(fixture);
        }
    }

    public void Dispose()
    {
        weights?.Dispose();
        io.Dispose();
    }

    /// <summary>Where the fixtures are, or null.</summary>
    public static string? Folder => FixtureFolder();

    private static string? FixtureFolder()
    {
        if (Environment.GetEnvironmentVariable("DARKROOM_FIXTURES") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "..", "shared", "fixtures");
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                return Directory.Exists(candidate) ? Path.GetFullPath(candidate) : null;
        }

        return null;
    }
}
