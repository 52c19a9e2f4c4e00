using Darkroom.Models.Describers.Rain;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Describers.Rain;

public sealed class RainHeadTests
{
    [Fact]
    public void Forward_Untrained_SeesNoRainAnywhere()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var head = new RainHead();
        head.eval();
        var logits = head.call(10 * randn(5, RainFeatures.DirectedCount, LineFilters.AngleCount), 10 * randn(5, RainFeatures.PlainCount));
        Assert.Equal([5], logits.shape);
        Assert.True(logits.max().ToDouble() < -3);
    }

    [Fact]
    public void Absorb_Units_FeaturesAsTheyAreGiveWhatScaledOnesGave()
    {
        const double Tolerance = 1e-3;                                          // float32, sums of 400 products
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var head = new RainHead();
        head.eval();
        foreach (var parameter in head.parameters())
            parameter.normal_(0, 0.1);
        var (directed, plain) = (randn(3, RainFeatures.DirectedCount, LineFilters.AngleCount), randn(3, RainFeatures.PlainCount));
        var (directedOffset, directedScale) = (randn(RainFeatures.DirectedCount), rand(RainFeatures.DirectedCount) + 0.5);
        var (plainOffset, plainScale) = (randn(RainFeatures.PlainCount), rand(RainFeatures.PlainCount) + 0.5);
        var expected = head.call((directed - directedOffset.view(1, -1, 1)) * directedScale.view(1, -1, 1), (plain - plainOffset) * plainScale);

        head.Absorb(directedOffset, directedScale, plainOffset, plainScale);

        Assert.True(head.call(directed, plain).allclose(expected, rtol: 0, atol: Tolerance));
    }
}
