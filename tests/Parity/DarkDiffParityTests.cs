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
    public void ContextProcessor_ReferenceWeights_GivesTheReferenceFeaturesAndPredictions()
    {
        const string Features = "infer.out.ctx_features_step_1.";
        using var fixture = Fixture.Open("pipeline_darkdiff_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var config = UNetConfig.Parse(fixture.Config.GetProperty("unet"));
        using var processor = new ContextProcessor(config.Encoder);
        using var unet = RegionConditioning.CreateUNet(config, fixture.Numbers("region_sizes"));
        CheckpointLoader.Load(processor, fixture.Weights, "ctx.");
        CheckpointLoader.Load(unet, fixture.Weights, "unet.");

        var timestep = fixture.Read("infer.out.timesteps").narrow(0, 0, 1);
        var (text, latents) = (fixture.Read("infer.in.text_embedding_empty"), fixture.Read("infer.in.latents"));
        var features = processor.Run(fixture.Read("infer.out.cond_latent"), timestep, text);
        var flat = features.SelectMany(block => block).ToList();
        var known = fixture.Io.Entries.Keys.Where(key => key.StartsWith(Features, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(known);
        Assert.All(known, key => fixture.AssertClose(key, flat[int.Parse(key[Features.Length..], CultureInfo.InvariantCulture)]));
        fixture.AssertClose("infer.out.eps_cond_step_1", RegionConditioning.Predict(unet, latents, timestep, text, features));
        var unconditional = processor.Run(fixture.Read("infer.in.uncond_latent"), timestep, text);
        fixture.AssertClose("infer.out.eps_uncond_step_1", RegionConditioning.Predict(unet, latents, timestep, text, unconditional));
    }
}
