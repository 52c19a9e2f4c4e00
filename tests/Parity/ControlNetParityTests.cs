using Darkroom.Models.Checkpoints;
using Darkroom.Models.StableDiffusion;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class ControlNetParityTests
{
    [Fact]
    public void ControlNet_ReferenceWeights_GivesTheReferenceResidualsAndPrediction()
    {
        using var fixture = Fixture.Open("controlnet_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = new ControlNet(ControlNetConfig.Parse(fixture.Config));
        CheckpointLoader.Load(network, fixture.Weights);
        using var unet = new UNet2DCondition(UNetConfig.Parse(fixture.Meta.GetProperty("unet_config")));
        using var unetWeights = SafetensorsFile.Open(Path.Combine(Fixture.FolderOf(fixture.Name), fixture.Meta.GetProperty("unet_weights").GetString()!));
        CheckpointLoader.Load(unet, unetWeights);
        foreach (var @case in fixture.Cases)
        {
            var (sample, timestep, text) = (
                fixture.Read($"{@case}.in.sample"), fixture.Read($"{@case}.in.timestep"), fixture.Read($"{@case}.in.encoder_hidden_states"));
            using var residuals = network.Run(
                sample, timestep, text, fixture.Read($"{@case}.in.controlnet_cond"), fixture.Read($"{@case}.in.conditioning_scale").ToDouble());
            Assert.Equal(fixture.Io.Entries.Keys.Count(key => key.StartsWith($"{@case}.out.down.", StringComparison.Ordinal)), residuals.Skips.Count);
            for (var i = 0; i < residuals.Skips.Count; i++)
                fixture.AssertClose($"{@case}.out.down.{i}", residuals.Skips[i]);
            fixture.AssertClose($"{@case}.out.mid", residuals.Middle!);
            fixture.AssertClose($"{@case}.out.unet_sample", unet.Predict(sample, timestep, text, residuals));
        }
    }

    [Fact]
    public void ControlNet_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "sd21_controlnet";
        var expected = Manifest.Read(Name);
        using var network = new ControlNet(ControlNetConfig.Parse(Manifest.Config(Name)));
        Manifest.AssertEqual(expected, network);
    }
}
