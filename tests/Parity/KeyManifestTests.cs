using System.Text.Json;
using Darkroom.Models.Restormer;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class KeyManifestTests
{
    [Theory]
    [InlineData("restormer", LayerNormKind.WithBias)]
    [InlineData("restormer_biasfree", LayerNormKind.BiasFree)]
    public void Restormer_PublishedSize_HasTheOfficialNamesAndShapes(string manifest, LayerNormKind norm)
    {
        var expected = Manifest.Read(manifest);
        using var network = new RestormerNetwork(RestormerConfig.Published with { NormKind = norm });
        Manifest.AssertEqual(expected, network);
    }
}

/// <summary>The names and shapes of an official checkpoint.</summary>
internal static class Manifest
{
    public static Dictionary<string, long[]> Read(string name)
    {
        Assert.SkipWhen(Fixture.Folder is null, "The reference fixtures are not here: neither DARKROOM_FIXTURES nor ../shared/fixtures names a folder.");
        var path = Path.Combine(Fixture.Folder!, "key_manifests", name + ".json");
        Assert.SkipUnless(File.Exists(path), $"{path} is not here.");
        var root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        var keys = root.TryGetProperty("keys", out var inner) ? inner : root;
        return keys.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Array)
            .ToDictionary(property => property.Name, property => property.Value.EnumerateArray().Select(size => size.GetInt64()).ToArray());
    }

    /// <summary>The settings that the manifest was made with; call <see cref="Read"/> first, which skips when it is not here.</summary>
    public static JsonElement Config(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixture.Folder!, "key_manifests", name + ".json"))).RootElement.GetProperty("config");

    public static void AssertEqual(Dictionary<string, long[]> expected, nn.Module network)
    {
        Assert.NotEmpty(expected);
        var actual = network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.shape);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, pair => Assert.Equal(pair.Value, actual[pair.Key]));
    }
}
