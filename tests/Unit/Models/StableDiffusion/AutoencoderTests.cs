using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.StableDiffusion;

public sealed class AutoencoderTests
{
    private static readonly AutoencoderConfig Small = new(3, 3, 2, [4, 8], 1, 4, 0.5);

    [Fact]
    public void EncodeAndDecode_GiveTheSizesOfTheConfiguration()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make();
        using var latents = network.Encode(rand(2, 3, 6, 10));
        Assert.Equal([2, 2, 3, 5], latents.Mean().shape);
        Assert.Equal([2, 3, 6, 10], network.Decode(latents.Mean()).shape);
        Assert.True(allclose(latents.Sample(zeros(2, 2, 3, 5)), latents.Mean()));
    }

    [Fact]
    public void WrongInput_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make();
        Assert.Contains("The picture is 10 x 7; allowed are multiples of 2", Assert.Throws<ArgumentException>(() => network.Encode(rand(1, 3, 7, 10))).Message, StringComparison.Ordinal);
        Assert.Contains("image is [1, 4, 6, 6]; allowed is [any, 3, any, any]", Assert.Throws<ArgumentException>(() => network.Encode(rand(1, 4, 6, 6))).Message, StringComparison.Ordinal);
        Assert.Contains("latent is [1, 4, 3, 3]; allowed is [any, 2, any, any]", Assert.Throws<ArgumentException>(() => network.Decode(rand(1, 4, 3, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeAndDecode_LeaveNoTensorBehind()
    {
        using var guard = no_grad();
        using var network = Make();
        using var scope = NewDisposeScope();
        var image = rand(1, 3, 6, 6);
        var before = scope.DisposablesCount;
        network.call(image).Dispose();
        Assert.Equal(before, scope.DisposablesCount);
    }

    [Fact]
    public void LegacyNames_TensorUnderBothNames_IsRefused()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("darkroom-unit-").FullName, "vae.safetensors");
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["mid.attentions.0.query.weight"] = zeros(1), ["mid.attentions.0.to_q.weight"] = zeros(1) });
        using var file = SafetensorsFile.Open(path);
        Assert.Contains("'mid.attentions.0.to_q.weight' twice", Assert.Throws<InvalidCheckpointException>(() => new LegacyVaeNames(file)).Message, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData("""{ "shift_factor": 0.1 }""", "shift_factor = 0.1; supported is null")]
    [InlineData("""{ "use_quant_conv": false }""", "use_quant_conv = false; supported is true")]
    [InlineData("""{ "up_block_types": ["AttnUpDecoderBlock2D"] }""", "up_block_types = \"AttnUpDecoderBlock2D\"; supported is UpDecoderBlock2D")]
    [InlineData("""{ "block_out_channels": [32, 40], "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"], "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"] }""", "block_out_channels = 40")]
    public void UnsupportedSetting_IsRefusedByName(string json, string message) => Assert.Contains(
        message, Assert.Throws<InvalidCheckpointException>(() => AutoencoderConfig.Parse(JsonDocument.Parse(json).RootElement)).Message, StringComparison.Ordinal);

    private static AutoencoderKL Make()
    {
        var network = new AutoencoderKL(Small);
        Initializer.Reset(network, 1);
        return network;
    }
}
