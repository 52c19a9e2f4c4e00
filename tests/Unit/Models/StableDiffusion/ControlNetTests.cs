using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.StableDiffusion;

public sealed class ControlNetTests
{
    [Fact]
    public void Residuals_FitTheUNet_AndScale()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = new ControlNet(Config(""));
        Initializer.Reset(network, 1);
        var (sample, time, text, image) = (rand(2, 4, 5, 6), tensor(10L), rand(2, 5, 6), rand(2, 3, 10, 12));
        using var residuals = network.Run(sample, time, text, image);
        using var halved = network.Run(sample, time, text, image, scale: 0.5);
        Assert.Equal(network.Config.Encoder.SkipChannels, residuals.Skips.Select(skip => (int)skip.shape[1]));
        Assert.True(allclose(residuals.Middle! * 0.5, halved.Middle!));
        Assert.All(residuals.Skips.Zip(halved.Skips), pair => Assert.True(allclose(pair.First * 0.5, pair.Second)));
    }

    [Fact]
    public void PictureOfAnotherSize_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var network = new ControlNet(Config(""));
        var error = Assert.Throws<ArgumentException>(() => network.Run(rand(1, 4, 5, 6), tensor(10L), rand(1, 5, 6), rand(1, 3, 10, 10)));
        Assert.Contains("image is [1, 3, 10, 10]; allowed is [1, 3, 10, 12]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""", "global_pool_conditions": true""", "global_pool_conditions = true")]
    [InlineData(""", "controlnet_conditioning_channel_order": "bgr" """, "controlnet_conditioning_channel_order = \"bgr\"; supported is rgb")]
    public void UnsupportedSetting_IsRefusedByName(string more, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidCheckpointException>(() => Config(more)).Message, StringComparison.Ordinal);

    private static ControlNetConfig Config(string more) => ControlNetConfig.Parse(JsonDocument.Parse(
        UNetTests.Settings.Replace("MORE", """, "conditioning_embedding_out_channels": [4, 6]""" + more, StringComparison.Ordinal)).RootElement);
}
