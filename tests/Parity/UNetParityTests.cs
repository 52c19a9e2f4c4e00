using Darkroom.Models.Checkpoints;
using Darkroom.Models.StableDiffusion;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class UNetParityTests
{
    [Theory]
    [InlineData("sd_unet_tiny")]
    [InlineData("sd15_unet_tiny")]
    [InlineData("sd_unet_ip2p_tiny")]
    public void UNet_ReferenceWeights_GivesTheReferencePrediction(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = new UNet2DCondition(UNetConfig.Parse(fixture.Config));
        CheckpointLoader.Load(network, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            fixture.AssertClose($"{@case}.out.sample", network.call(
                fixture.Read($"{@case}.in.sample"), fixture.Read($"{@case}.in.timestep"), fixture.Read($"{@case}.in.encoder_hidden_states")));
        }
    }

    [Theory]
    [InlineData("sd15_unet")]
    [InlineData("sd21_unet")]
    [InlineData("ip2p_unet")]
    public void UNet_PublishedSize_HasTheOfficialNamesAndShapes(string manifest)
    {
        var expected = Manifest.Read(manifest);
        using var network = new UNet2DCondition(UNetConfig.Parse(Manifest.Config(manifest)));
        Manifest.AssertEqual(expected, network);
    }
}
