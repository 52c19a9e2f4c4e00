using System.Runtime.InteropServices;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

public sealed class AutogradTests
{
    // Central differences in float64: error of order step² plus rounding/step.
    private const double Step = 1e-5;
    private const double Tolerance = 1e-7;

    private static Tensor Loss(Tensor x, Tensor first, Tensor second) => x.matmul(first).tanh().matmul(second).softmax(-1).log()[.., 0].mean().neg();

    [Fact]
    public void Backward_SmallNetwork_AgreesWithFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(7);
        var x = randn(4, 3, dtype: ScalarType.Float64, generator: generator);
        var first = randn(3, 5, dtype: ScalarType.Float64, requires_grad: true, generator: generator);
        var second = randn(5, 2, dtype: ScalarType.Float64, requires_grad: true, generator: generator);

        Loss(x, first, second).backward();

        foreach (var weight in new[] { first, second })
        {
            var expected = new double[weight.numel()];
            using (no_grad())
            {
                var flat = weight.view(-1);
                for (int i = 0; i < expected.Length; i++)
                {
                    flat[i].add_(Step);
                    double above = Loss(x, first, second).item<double>();
                    flat[i].sub_(2 * Step);
                    double below = Loss(x, first, second).item<double>();
                    flat[i].add_(Step);
                    expected[i] = (above - below) / (2 * Step);
                }
            }
            Assert.Equal(expected, Values.Of(weight.grad!), (a, b) => Math.Abs(a - b) < Tolerance);
        }
    }

    [Fact]
    public void Backward_Twice_AccumulatesAndNeedsRetainGraph()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = (x * x).sum();

        y.backward(retain_graph: true);
        y.backward();

        Assert.Equal([4, 4], Values.Of(x.grad!));
        if (StandIn.Has(typeof(Tensor)))   // Not with TorchSharp 0.107: the process ends.
            Assert.Throws<ExternalException>(() => y.backward());
    }

    [Fact]
    public void Grad_OfOutputsToInputs_LeavesGradEmpty()
    {
        using var scope = NewDisposeScope();
        var x = full(1, 3f, requires_grad: true);
        var unused = ones(1, requires_grad: true);

        var gradients = autograd.grad([(x * x * x).sum()], [x, unused], retain_graph: true, create_graph: true, allow_unused: true);
        var second = autograd.grad([gradients[0].sum()], [x])[0];

        Assert.Equal([27], Values.Of(gradients[0]));
        Assert.Equal([18], Values.Of(second));
        if (StandIn.Has(typeof(Tensor)))   // TorchSharp gives a tensor of nothing.
            Assert.Null(gradients[1]);
        Assert.Null(x.grad);
    }

    [Fact]
    public void NoGrad_Nested_RecordsNothingAndRestoresTheMode()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void InferenceMode_TensorsMadeInside_CannotBeDifferentiated()
    {
        using var scope = NewDisposeScope();
        var weight = ones(2, requires_grad: true);
        Tensor made;
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            made = weight * 2;
            Assert.False(made.requires_grad);
        }

        Assert.False(is_inference_mode_enabled());
        var error = Assert.Throws<ExternalException>(() => weight * made);
        Assert.Contains("Inference tensors cannot be saved for backward", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequiresGrad_OnResultOrInteger_Throws()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);

        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
        if (StandIn.Has(typeof(Tensor)))   // TorchSharp lets it pass.
            Assert.Throws<ExternalException>(() => (x * 2).requires_grad = false);
        Assert.Throws<ExternalException>(() => arange(2).requires_grad_());
        Assert.False(x.detach().requires_grad);
    }

    [Fact]
    public void RetainGrad_OnAResult_KeepsItsGradient()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = x * 3;
        y.retain_grad();

        (y * y).sum().backward();

        Assert.Equal([6, 6], Values.Of(y.grad!));
        x.grad = null;
        Assert.Null(x.grad);
    }
}
