using Darkroom.Models.Layers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Layers;

public sealed class LayerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(70)]
    [InlineData(100_000)]
    public void Attention_InChunks_GivesTheSame(long maxScores)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (query, key, value, bias) = (randn(2, 3, 7, 4), randn(2, 3, 5, 4), randn(2, 3, 5, 6), randn(1, 3, 7, 5));
        var expected = (query.matmul(key.transpose(-2, -1)) * 0.5 + bias).softmax(-1).matmul(value);
        Assert.True(allclose(expected, ScaledDotProduct.Attend(query, key, value, 0.5, bias, maxScores), 1e-5, 1e-6));
        var padding = bias.narrow(2, 0, 1);
        expected = (query.matmul(key.transpose(-2, -1)) * 0.5 + padding).softmax(-1).matmul(value);
        Assert.True(allclose(expected, ScaledDotProduct.Attend(query, key, value, 0.5, padding, maxScores), 1e-5, 1e-6));
    }

    [Fact]
    public void Initializer_SameSeed_SameWeights()
    {
        using var scope = NewDisposeScope();
        using var first = Network();
        using var second = Network();
        Initializer.Reset(first, 3);
        Initializer.Reset(second, 3);
        foreach (var (name, weight) in first.state_dict())
        {
            Assert.True(weight.isfinite().all().ToBoolean(), name);
            Assert.True(weight.equal(second.state_dict()[name]).all().ToBoolean(), name);
        }

        Initializer.Reset(second, 4);
        Assert.False(allclose(first.state_dict()["convolution.weight"], second.state_dict()["convolution.weight"]));
    }

    [Fact]
    public void Norms_AfterReset_MatchTheirFormulas()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var layer = new LayerNorm(6);
        using var root = new RmsNorm(6, 1e-6);
        Initializer.Reset(layer, 1);
        Initializer.Reset(root, 1);
        var input = randn(4, 6);
        var centred = input - input.mean([-1], keepdim: true);
        Assert.True(allclose(centred / (centred.square().mean([-1], keepdim: true) + 1e-5).sqrt(), layer.call(input), 1e-4, 1e-5));
        Assert.True(allclose(input / (input.square().mean([-1], keepdim: true) + 1e-6).sqrt(), root.call(input), 1e-4, 1e-5));
    }

    [Fact]
    public void Layers_MadeInAScope_OutliveIt()
    {
        Linear linear;
        using (NewDisposeScope())
            linear = new Linear(2, 3);
        Initializer.Reset(linear, 1);
        using var scope = NewDisposeScope();
        Assert.Equal([5, 3], linear.call(ones(5, 2)).shape);
        linear.Dispose();
    }

    private static TorchSharp.Modules.Sequential Network() => nn.Sequential(
        ("convolution", new Conv2d(3, 8, 3, padding: 1)), ("norm", new GroupNorm(2, 8, 1e-5)), ("point", new Conv2d(8, 4, 1, bias: false)));
}
