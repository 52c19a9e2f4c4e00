using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.StableDiffusion;

public sealed class UNetTests
{
    private const double Bfloat16Tolerance = 0.15;   // of values near 1 behind many layers: bfloat16 has 8 bits, so 0.4 % an operator

    internal const string Settings = """
        { "block_out_channels": [8, 12], "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
          "attention_head_dim": [2, 3], "cross_attention_dim": 6, "norm_num_groups": 4, "layers_per_block": 1 MORE }
        """;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 8)]
    [InlineData(8, 7)]
    public void Predict_AnyLatentSize_KeepsIt(long height, long width)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make();
        Assert.Equal([2, 4, height, width], network.call(rand(2, 4, height, width), tensor(3L), rand(2, 5, 6)).shape);
    }

    [Fact]
    public void Predict_TimestepForEachSample_IsTheSampleAlone()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make();
        var (sample, text) = (rand(2, 4, 6, 6), rand(2, 5, 6));
        var both = network.call(sample, tensor([10L, 700L]), text);
        var second = network.call(sample.narrow(0, 1, 1), tensor(700.0f), text.narrow(0, 1, 1));
        Assert.True(allclose(both.narrow(0, 1, 1), second, atol: 1e-5));
        Assert.False(allclose(both.narrow(0, 0, 1), network.call(sample.narrow(0, 0, 1), tensor([700L]), text.narrow(0, 0, 1)), atol: 1e-3));
    }

    [Fact]
    public void Residuals_OfTheFirstSkips_ChangeThePrediction_ZerosDoNot()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make();
        var (sample, time, text) = (rand(1, 4, 6, 6), tensor(10L), rand(1, 5, 6));
        var plain = network.call(sample, time, text);
        Assert.True(allclose(plain, network.Predict(sample, time, text, new UNetResiduals([zeros(1, 8, 6, 6)], zeros(1, 12, 3, 3)))));
        Assert.False(allclose(plain, network.Predict(sample, time, text, new UNetResiduals([ones(1, 8, 6, 6)])), atol: 1e-4));
        Assert.False(allclose(plain, network.Predict(sample, time, text, new UNetResiduals([], ones(1, 12, 3, 3))), atol: 1e-4));
    }

    [Fact]
    public void WrongInput_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make();
        var (sample, time, text) = (rand(2, 4, 6, 6), tensor(10L), rand(2, 5, 6));
        Assert.Contains("sample is [2, 3, 6, 6]; allowed is [any, 4, any, any]", Refused(rand(2, 3, 6, 6), time, text), StringComparison.Ordinal);
        Assert.Contains("text is [1, 5, 6]; allowed is [2, any, 6]", Refused(sample, time, rand(1, 5, 6)), StringComparison.Ordinal);
        Assert.Contains("timestep is [3]; allowed is [], [1] or [2]", Refused(sample, tensor([1L, 2L, 3L]), text), StringComparison.Ordinal);
        Assert.Contains("residual 1 is [2, 8, 5, 6]; allowed is [2, 8, 6, 6]", Refused(sample, time, text, zeros(2, 8, 6, 6), zeros(2, 8, 5, 6)), StringComparison.Ordinal);
        Assert.Contains("5 residuals; the UNet has 4", Refused(sample, time, text, [.. Enumerable.Repeat(zeros(2, 8, 6, 6), 5)]), StringComparison.Ordinal);

        string Refused(Tensor sample, Tensor time, Tensor text, params Tensor[] residuals) =>
            Assert.Throws<ArgumentException>(() => network.Predict(sample, time, text, new UNetResiduals(residuals))).Message;
    }

    [Fact]
    public void Predict_LeavesNoTensorBehind()
    {
        using var guard = no_grad();
        using var network = Make();
        using var scope = NewDisposeScope();
        var (sample, time, text) = (rand(1, 4, 6, 6), tensor(10L), rand(1, 5, 6));
        using var residuals = new UNetResiduals([zeros(1, 8, 6, 6)], zeros(1, 12, 3, 3));
        var before = scope.DisposablesCount;
        network.Predict(sample, time, text, residuals).Dispose();
        Assert.Equal(before, scope.DisposablesCount);
    }

    [Fact]
    public void Bfloat16Weights_GiveNearlyTheSame()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var network = Make(""", "upcast_attention": true""");
        var (sample, time, text) = (rand(1, 4, 6, 6), tensor(10L), rand(1, 5, 6));
        var expected = network.call(sample, time, text);
        network.to(ScalarType.BFloat16);
        var actual = network.call(sample.to(ScalarType.BFloat16), time, text.to(ScalarType.BFloat16));
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Assert.InRange((actual.to(ScalarType.Float32) - expected).abs().max().item<float>() / expected.abs().max().item<float>(), 0, Bfloat16Tolerance);
    }

    [Fact]
    public void Gradients_ReachEveryWeight()
    {
        using var scope = NewDisposeScope();
        using var network = Make();
        network.call(rand(1, 4, 6, 6), tensor(10L), rand(1, 5, 6)).square().mean().backward();
        Assert.All(network.named_parameters(), pair => Assert.True(pair.parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0, pair.name));
    }

    [Theory]
    [InlineData(""", "class_embed_type": "timestep" """, "class_embed_type = \"timestep\"; supported is null")]
    [InlineData(""", "act_fn": "gelu" """, "act_fn = \"gelu\"; supported is silu or swish")]
    [InlineData(""", "attention_head_dim": [2, 3, 4] """, "attention_head_dim = [2, 3, 4]; supported is a number, or 2 of them")]
    [InlineData(""", "attention_head_dim": 5 """, "attention_head_dim = 5; supported is a divisor of the block's 8 channels")]
    [InlineData(""", "norm_num_groups": 5 """, "block_out_channels = 8; supported is a multiple of norm_num_groups = 5")]
    [InlineData(""", "down_block_types": ["DownBlock2D"] """, "down_block_types = a list of 1; supported is one of 2")]
    [InlineData(""", "up_block_types": ["UpBlock2D", "AttnUpBlock2D"] """, "up_block_types = \"AttnUpBlock2D\"; supported is CrossAttnUpBlock2D or UpBlock2D")]
    [InlineData(""", "time_embedding_type": "fourier" """, "time_embedding_type = \"fourier\"; supported is positional")]
    [InlineData(""", "center_input_sample": true """, "center_input_sample = true; supported is false")]
    [InlineData(""", "block_out_channels": [8, "wide"] """, "block_out_channels = [8, \"wide\"]; supported is a list of integers")]
    public void UnsupportedSetting_IsRefusedByName(string more, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidCheckpointException>(() => Config(more)).Message, StringComparison.Ordinal);

    [Fact]
    public void AbsentSettings_AreDiffusersDefaults()
    {
        var config = UNetConfig.Parse(JsonDocument.Parse("{}").RootElement);
        Assert.Equal([320, 640, 1280, 1280], config.Encoder.BlockChannels);
        Assert.Equal([8, 8, 8, 8], config.Encoder.HeadCounts);
        Assert.Equal((4, 4, 1280, 32, 2), (config.Encoder.InputChannels, config.OutputChannels, config.Encoder.TextWidth, config.Encoder.NormGroups, config.Encoder.LayersPerBlock));
        Assert.Equal([true, true, true, false], config.Encoder.BlocksAttend);
        Assert.Equal([false, true, true, true], config.UpBlocksAttend);
    }

    private static UNet2DCondition Make(string more = "")
    {
        var network = new UNet2DCondition(Config(more));
        Initializer.Reset(network, 1);
        return network;
    }

    /// <summary>Where a key stands twice, the last counts.</summary>
    private static UNetConfig Config(string more) => UNetConfig.Parse(JsonDocument.Parse(Settings.Replace("MORE", more, StringComparison.Ordinal)).RootElement);
}
