using Darkroom.Models.Checkpoints;
using Darkroom.Models.Llmra;
using Darkroom.Models.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class LlmraParityTests
{
    [Fact]
    public void Caff_ReferenceWeights_GivesTheReferenceOutput()
    {
        using var fixture = Fixture.Open("caff");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var caff = new ConcatenateAttentionFeatureFusion(fixture.Number("channels"));
        CheckpointLoader.Load(caff, fixture.Weights, "caff.");
        foreach (var @case in fixture.Cases)
            fixture.AssertClose($"{@case}.out.caff", caff.call(fixture.Read($"{@case}.in.x"), fixture.Read($"{@case}.in.y")));
    }

    [Fact]
    public void RestoreAndRefine_ReferenceWeights_GiveTheReferencePictures()
    {
        using var fixture = Fixture.Open("pipeline_llmra_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = Network(fixture);
        var image = fixture.Read("restore.in.image");
        var text = fixture.Read("restore.in.text");

        var padded = network.Pad(image);
        fixture.AssertClose("restore.out.padded_input", padded);
        fixture.AssertClose("restore.out.cem_feature", network.ContextEnhance.ShallowFeature(padded));
        fixture.AssertClose("restore.out.cem_text", network.ContextEnhance.call(padded, text));
        var restoreContext = network.RestoreContext(padded, text);
        fixture.AssertClose("restore.out.Z", restoreContext);
        AssertPicture("restore", network.call(image, restoreContext));

        var refineContext = network.RefineContext(text);
        fixture.AssertClose("refine.out.Z", refineContext);
        AssertPicture("refine", network.call(image, refineContext));

        void AssertPicture(string path, Tensor restored)
        {
            fixture.AssertClose($"{path}.out.restored", restored);
            var levels = (restored.clamp(0, 1) * 255).round().squeeze(0).permute(1, 2, 0);
            var difference = (levels - fixture.Read($"{path}.out.restored_u8").to(ScalarType.Float32)).abs().max().ToSingle();
            Assert.InRange(difference, 0, 1);
        }
    }

    [Fact]
    public void Losses_ReferenceBatch_GiveTheReferenceValuesAndGradients()
    {
        using var fixture = Fixture.Open("pipeline_llmra_tiny");
        using var scope = NewDisposeScope();
        using var network = Network(fixture);
        var (degraded, reference, text) = (fixture.Read("train.in.lq"), fixture.Read("train.in.hq"), fixture.Read("train.in.text"));
        var margin = fixture.Config.GetProperty("margin").GetDouble();

        var context = network.RestoreContext(network.Pad(degraded), text);
        var positive = network.RefineContext(fixture.Read("train.in.text_positive"));
        var negative = network.RefineContext(fixture.Read("train.in.text_negative"));
        var restored = network.call(degraded, context);
        fixture.AssertClose("train.out.restored_restore", restored);
        var reconstruction = LlmraLosses.Reconstruction(restored, reference);
        fixture.AssertClose("train.out.loss_rec_restore", reconstruction);
        var triplet = LlmraLosses.Triplet(context, positive, negative, margin);
        fixture.AssertClose("train.out.loss_tri", triplet);
        (reconstruction + triplet).backward();
        AssertGradients("restore");

        network.zero_grad();
        var refined = network.call(degraded, network.RefineContext(fixture.Read("train.in.text_positive")));
        fixture.AssertClose("train.out.restored_refine", refined);
        var refineLoss = LlmraLosses.Reconstruction(refined, reference);
        fixture.AssertClose("train.out.loss_refine", refineLoss);
        refineLoss.backward();
        AssertGradients("refine");

        void AssertGradients(string path)
        {
            var prefix = $"train.out.grad.{path}.";
            foreach (var key in fixture.Io.Entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
                fixture.AssertClose(key, network.get_parameter(key[prefix.Length..])!.grad!);
        }
    }

    private static LlmraNetwork Network(Fixture fixture)
    {
        var network = new LlmraNetwork(new LlmraConfig(
            fixture.Number("dim"), fixture.Numbers("num_blocks"), fixture.Numbers("heads"),
            fixture.Config.GetProperty("ffn_expansion_factor").GetDouble(),
            fixture.Number("text_dim"), fixture.Number("text_tokens"), fixture.Number("text_heads"),
            fixture.Number("cem_width"), fixture.Number("mlp_ratio")));
        CheckpointLoader.Load(network, fixture.Weights);
        return network;
    }
}
