using System.Globalization;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.StableDiffusion;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class DarkDiffParityTests
{
    [Fact]
    public void RegionCrossAttention_ReferenceWeights_GivesTheReferenceMap()
    {
        using var fixture = Fixture.Open("darkdiff_region_attn");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        Assert.Equal(fixture.Number("channels"), fixture.Number("heads") * fixture.Number("head_dim"));
        using var attention = new RegionCrossAttention(fixture.Number("channels"), fixture.Number("heads"), fixture.Number("region"));
        CheckpointLoader.Load(attention, fixture.Weights);
        foreach (var @case in fixture.Cases)
            fixture.AssertClose($"{@case}.out.y", attention.Attend(fixture.Read($"{@case}.in.x"), fixture.Read($"{@case}.in.cond")));
    }

    [Fact]
    public void ResidualAutoencoder_ReferenceWeights_GivesTheReferencePicture()
    {
        using var fixture = Fixture.Open("darkdiff_residual_vae");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = new ResidualAutoencoder(AutoencoderConfig.Parse(fixture.Config));
        CheckpointLoader.Load(network, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            using var picture = network.Encode(fixture.Read($"{@case}.in.image"));
            fixture.AssertClose($"{@case}.out.moments", picture.Latent.Moments);
            fixture.AssertClose($"{@case}.out.decoded", network.Decode(fixture.Read($"{@case}.in.latent"), picture));
        }
    }

    [Fact]
    public void ContextProcessor_ReferenceWeights_GivesTheReferenceFeaturesAndPredictions() => Fixture.ForEach("pipeline_darkdiff", fixture =>
    {
        const string Features = "infer.out.ctx_features_step_1.";
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var networks = DarkDiffNetworks.Create(fixture.Config);
        networks.Load(fixture.Weights);

        var timestep = fixture.Read("infer.out.timesteps").narrow(0, 0, 1);
        var (text, latents) = (fixture.Read("infer.in.text_embedding_empty"), fixture.Read("infer.in.latents"));
        var condition = fixture.Read("infer.out.cond_latent");
        var flat = networks.Context.Run(condition, timestep, text).SelectMany(block => block).ToList();
        var known = fixture.Io.Entries.Keys.Where(key => key.StartsWith(Features, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(known);
        Assert.All(known, key => fixture.AssertClose(key, flat[int.Parse(key[Features.Length..], CultureInfo.InvariantCulture)]));
        fixture.AssertClose("infer.out.eps_cond_step_1", networks.Predict(latents, condition, timestep, text));
        fixture.AssertClose("infer.out.eps_uncond_step_1", networks.Predict(latents, fixture.Read("infer.in.uncond_latent"), timestep, text));
    });
}
