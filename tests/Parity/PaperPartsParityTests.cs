using Darkroom.Models.Checkpoints;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Mgie;
using Darkroom.Models.VlmImi;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>The small networks that the papers add to published ones.</summary>
public sealed class PaperPartsParityTests
{
    [Fact]
    public void EditHead_ReferenceWeights_GivesTheReferenceFeatures()
    {
        using var fixture = Fixture.Open("mgie_edit_head");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var head = new EditHead(EditHeadConfig.Parse(fixture.Config));
        CheckpointLoader.Load(head, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            var (states, embeddings) = (fixture.Read($"{@case}.in.llm"), fixture.Read($"{@case}.in.emb"));
            fixture.AssertClose($"{@case}.out.feat", head.call(states, embeddings));
            fixture.AssertClose($"{@case}.out.null_feat", head.call(zeros_like(states), embeddings));
        }
    }

    [Fact]
    public void EditHead_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Prefix = "edit_head.";
        var expected = Manifest.Read("mgie_edit_head");
        Assert.All(expected.Keys, key => Assert.StartsWith(Prefix, key, StringComparison.Ordinal));
        using var head = new EditHead(EditHeadConfig.Published);
        Manifest.AssertEqual(expected.ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value), head);
    }

    [Fact]
    public void Ipfm_ReferenceWeights_GivesTheReferenceTokens()
    {
        using var fixture = Fixture.Open("ipfm");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var ipfm = new InstructionPriorFusionModule(IpfmConfig.Parse(fixture.Config));
        CheckpointLoader.Load(ipfm, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            var (text, timesteps) = (fixture.Read($"{@case}.in.text"), fixture.Read($"{@case}.in.t"));
            var feature = ipfm.TimeFeature(timesteps);
            fixture.AssertClose($"{@case}.out.time_feature", feature);
            fixture.AssertClose($"{@case}.out.time_embedding", ipfm.EmbedTime(feature));
            fixture.AssertClose($"{@case}.out.tokens", ipfm.call(text, timesteps));
        }
    }

    [Fact]
    public void Ipfm_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "vlm_imi_ipfms";
        var expected = Manifest.Read(Name);
        using var ipfm = new InstructionPriorFusionModule(IpfmConfig.Parse(Manifest.Config(Name)));
        Manifest.AssertEqual(expected, ipfm);
    }

    [Fact]
    public void PluginSelector_ReferenceWeights_GivesTheReferenceScores()
    {
        using var fixture = Fixture.Open("diff_plugin_selector");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var selector = new PluginSelector(fixture.Number("dim"));
        CheckpointLoader.Load(selector, fixture.Weights);
        foreach (var @case in fixture.Cases)
            fixture.AssertClose($"{@case}.out.score", selector.call(fixture.Read($"{@case}.in.clip_t"), fixture.Read($"{@case}.in.plug")));
    }

    [Fact]
    public void PluginSelector_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        var expected = Manifest.Read("diff_plugin_selector");
        using var selector = new PluginSelector(PluginSelector.PublishedWidth);
        Manifest.AssertEqual(expected, selector);
    }
}
