using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Layers;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.DiffPlugin;

public sealed class PluginSelectorTests
{
    [Fact]
    public void Scores_AreScaledCosines()
    {
        const double Tolerance = 1e-4;                                          // of float32 cosines times 1 / 0.07
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var selector = Make();
        var scores = selector.call(randn(5, 1, 8), randn(3, 7, 8));
        Assert.Equal([3, 5], scores.shape);
        Assert.InRange(scores.abs().max().item<float>(), 0, 1 / 0.07 + Tolerance);
    }

    [Fact]
    public void WrongShape_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var selector = Make();
        var error = Assert.Throws<ArgumentException>(() => selector.call(randn(5, 2, 8), randn(3, 7, 8)));
        Assert.Contains("[5, 2, 8]; allowed is [any, 1, 8]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_LeavesNoTensorBehind()
    {
        using var guard = no_grad();
        using var selector = Make();
        using var scope = NewDisposeScope();
        var (texts, prompts) = (randn(2, 1, 8), randn(3, 7, 8));
        var before = scope.DisposablesCount;
        selector.call(texts, prompts);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    private static PluginSelector Make()
    {
        var selector = new PluginSelector(8);
        Initializer.Reset(selector, 1);
        return selector;
    }
}
