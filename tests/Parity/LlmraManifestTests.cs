using System.Text.RegularExpressions;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Llmra;
using Xunit;

namespace Darkroom.Tests.Parity;

/// <summary>LLMRA as published: 48 channels, [4, 6, 6, 8] blocks. Its authors give no code: names are those of the reference network, and DC-former is Restormer's where the paper says so.</summary>
public sealed partial class LlmraManifestTests
{
    private const string Former = "dcformer.";

    [Fact]
    public void DcFormer_PublishedSize_HasRestormersOfficialNamesAndShapes()
    {
        var official = Manifest.Read("restormer");
        using var network = new LlmraNetwork(LlmraConfig.Published);
        var own = network.state_dict().Where(pair => pair.Key.StartsWith(Former, StringComparison.Ordinal) && !pair.Key.StartsWith(Former + "dmm.", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[Former.Length..], pair => pair.Value.shape);
        // DC-former ends where Restormer refines.
        var expected = official.Where(pair => !pair.Key.StartsWith("refinement.", StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, pair => Assert.Equal(pair.Value, own[pair.Key]));
    }

    [Fact]
    public void Network_PublishedSize_HasTheReferencesNamesAtEveryDepth()
    {
        using var fixture = Fixture.Open("pipeline_llmra_tiny");
        using var network = new LlmraNetwork(LlmraConfig.Published);
        var names = network.state_dict().Keys.ToList();
        var reference = fixture.Weights.Entries.Keys.Select(Template).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(reference.Order(StringComparer.Ordinal), names.Select(Template).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        foreach (var (level, blocks) in new[] { ("encoder_level1", 4), ("encoder_level2", 6), ("encoder_level3", 6), ("latent", 8) })
            Assert.Equal(blocks, names.Select(name => Block().Match(name)).Where(match => match.Success && match.Groups[1].Value == level).Select(match => match.Groups[2].Value).Distinct().Count());
    }

    [Fact]
    public void Import_PublishedSize_PassesTheCheckOfNamesAndShapes()
    {
        using var network = new LlmraNetwork(LlmraConfig.Published);
        var kind = ComponentCatalogue.Find("llmra");
        using var names = new NamesOnly(network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.shape));
        var config = System.Text.Json.JsonSerializer.SerializeToElement(LlmraConfig.Published);
        Assert.Equal(string.Empty, kind.Compare(config, names).ToString());
    }

    // Blocks differ in number alone.
    private static string Template(string name) => Block().Replace(name, match => $"dcformer.{match.Groups[1].Value}.N.");

    [GeneratedRegex(@"^dcformer\.((?:encoder|decoder)_level\d|latent)\.(\d+)\.")]
    private static partial Regex Block();
}
