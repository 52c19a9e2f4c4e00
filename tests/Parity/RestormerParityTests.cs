using Darkroom.Models.Checkpoints;
using Darkroom.Models.Restormer;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class RestormerParityTests
{
    [Fact]
    public void Blocks_ReferenceWeights_GiveTheReferenceOutput()
    {
        using var fixture = Fixture.Open("restormer_block");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        int dim = fixture.Number("dim"), heads = fixture.Number("heads");
        var (expansion, bias, norm) = Settings(fixture);

        var modules = new (string Name, nn.Module<Tensor, Tensor> Module)[]
        {
            ("mdta", new MultiDconvHeadTransposedAttention(dim, heads, bias)),
            ("gdfn", new GatedDconvFeedForward(dim, expansion, bias)),
            ("block", new RestormerBlock(dim, heads, expansion, bias, norm)),
            ("down", new PixelUnshuffleDownsample(dim)),
            ("up", new PixelShuffleUpsample(dim)),
        };
        foreach (var (name, module) in modules)
        {
            using (module)
            {
                CheckpointLoader.Load(module, fixture.Weights, name + ".");
                foreach (var @case in fixture.Cases)
                    fixture.AssertClose($"{@case}.out.{name}", module.call(fixture.Read($"{@case}.in.x")));
            }
        }
    }

    [Fact]
    public void Network_ReferenceWeights_GivesTheReferenceOutput()
    {
        using var fixture = Fixture.Open("restormer_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (expansion, bias, norm) = Settings(fixture);
        using var network = new RestormerNetwork(new RestormerConfig(
            fixture.Number("dim"), fixture.Numbers("num_blocks"), fixture.Number("num_refinement_blocks"), fixture.Numbers("heads"), expansion, bias, norm));
        CheckpointLoader.Load(network, fixture.Weights);
        foreach (var @case in fixture.Cases)
            fixture.AssertClose($"{@case}.out.image", network.call(fixture.Read($"{@case}.in.image")));
    }

    internal static (double Expansion, bool Bias, LayerNormKind Norm) Settings(Fixture fixture) => (
        fixture.Config.GetProperty("ffn_expansion_factor").GetDouble(),
        fixture.Config.GetProperty("bias").GetBoolean(),
        Enum.Parse<LayerNormKind>(fixture.Config.GetProperty("LayerNorm_type").GetString()!));
}
