using Darkroom.Models.Llmra;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Llmra;

public sealed class GatedBlockTests
{
    private const int Channels = 4;
    private const int ContextDim = 6;
    private const double Tolerance = 1e-5;
    private const double RelativeTolerance = 1e-4;                              // sums in another order

    [Fact]
    public void Forward_NewBlock_HandsItsInputThrough()
    {
        using var scope = NewDisposeScope();
        using var block = new GatedBlock(Channels, ContextDim);
        var input = rand(2, Channels, 8, 8);
        Assert.True(block.call(input, rand(2, 3, ContextDim)).allclose(input));
    }

    [Fact]
    public void Forward_RandomWeights_IsTheSumOfThePaper()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var block = Random();
        var weights = block.state_dict();
        var (input, context) = (rand(2, Channels, 8, 8), rand(2, 3, ContextDim));

        var gated = Gate(Conv(Conv(Norm(input, "norm1"), "conv1"), "conv2", padding: 1, groups: 2 * Channels));
        var attention = Conv(gated.mean([2, 3], keepdim: true), "sca") + context.mean([1]).matmul(weights["text.weight"].t()).view(2, Channels, 1, 1);
        var mixed = input + (Conv(gated * attention, "conv3") * weights["beta"]);
        var expected = mixed + (Conv(Gate(Conv(Norm(mixed, "norm2"), "conv4")), "conv5") * weights["gamma"]);

        Assert.True(block.call(input, context).allclose(expected, rtol: RelativeTolerance, atol: Tolerance));

        Tensor Conv(Tensor x, string name, long padding = 0, long groups = 1) =>
            nn.functional.conv2d(x, weights[name + ".weight"], weights[name + ".bias"], padding: [padding, padding], groups: groups);

        Tensor Norm(Tensor x, string name) => nn.functional.layer_norm(
            x.permute(0, 2, 3, 1), [Channels], weights[name + ".body.weight"], weights[name + ".body.bias"], 1e-5).permute(0, 3, 1, 2);

        static Tensor Gate(Tensor x) => x.narrow(1, 0, x.shape[1] / 2) * x.narrow(1, x.shape[1] / 2, x.shape[1] / 2);
    }

    [Fact]
    public void Forward_OtherText_ChangesTheResult()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var block = Random();
        var input = rand(1, Channels, 8, 8);
        Assert.False(block.call(input, rand(1, 3, ContextDim)).allclose(block.call(input, rand(1, 3, ContextDim)), atol: Tolerance));
    }

    private static GatedBlock Random()
    {
        manual_seed(7);
        var block = new GatedBlock(Channels, ContextDim);
        foreach (var parameter in block.parameters())
            parameter.copy_(0.3 * randn(parameter.shape));
        return block;
    }
}
