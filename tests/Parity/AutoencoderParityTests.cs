using Darkroom.Models.Checkpoints;
using Darkroom.Models.StableDiffusion;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class AutoencoderParityTests
{
    [Fact]
    public void Autoencoder_ReferenceWeights_GivesTheReferenceLatentsAndPictures()
    {
        using var fixture = Fixture.Open("vae_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = new AutoencoderKL(AutoencoderConfig.Parse(fixture.Config));
        CheckpointLoader.Load(network, new LegacyVaeNames(fixture.Weights));
        foreach (var @case in fixture.Cases)
        {
            using var latents = network.Encode(fixture.Read($"{@case}.in.image"));
            fixture.AssertClose($"{@case}.out.moments", latents.Moments);
            fixture.AssertClose($"{@case}.out.mean", latents.Mean());
            fixture.AssertClose($"{@case}.out.logvar", latents.LogVariance());
            fixture.AssertClose($"{@case}.out.std", latents.StandardDeviation());
            fixture.AssertClose($"{@case}.out.sample", latents.Sample(fixture.Read($"{@case}.in.eps")));
            fixture.AssertClose($"{@case}.out.scaled_mean", latents.Mean() * network.Config.ScalingFactor);
            fixture.AssertClose($"{@case}.out.decoded", network.Decode(fixture.Read($"{@case}.in.latent")));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LegacyNames_OldFile_LoadsAsTheNewOne(bool asConvolutions)
    {
        using var fixture = Fixture.Open("vae_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var aliases = fixture.Meta.GetProperty("legacy_key_aliases").EnumerateObject().ToDictionary(pair => pair.Value.GetString()!, pair => pair.Name);
        Assert.NotEmpty(aliases);
        var folder = Directory.CreateTempSubdirectory("darkroom-parity-").FullName;
        try
        {
            var path = Path.Combine(folder, "old.safetensors");
            SafetensorsWriter.Write(path, fixture.Weights.Entries.Keys.ToDictionary(name => aliases.GetValueOrDefault(name, name), name => Stored(name)));
            using var old = SafetensorsFile.Open(path);
            Assert.All(aliases, pair => Assert.Contains(pair.Value, old.Entries));
            using var network = new AutoencoderKL(AutoencoderConfig.Parse(fixture.Config));
            CheckpointLoader.Load(network, new LegacyVaeNames(old));
            foreach (var (name, loaded) in network.state_dict())
                Assert.True(loaded.Equals(fixture.Weights.Read(name)), name);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Tensor Stored(string name)
        {
            var tensor = fixture.Weights.Read(name);
            return asConvolutions && aliases.ContainsKey(name) && tensor.shape is [var rows, var columns] ? tensor.view(rows, columns, 1, 1) : tensor;
        }
    }

    [Fact]
    public void Autoencoder_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "sd_vae";
        var expected = Manifest.Read(Name);
        using var network = new AutoencoderKL(AutoencoderConfig.Parse(Manifest.Config(Name)));
        Manifest.AssertEqual(expected, network);
    }
}
