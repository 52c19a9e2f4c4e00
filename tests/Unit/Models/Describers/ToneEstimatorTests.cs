using Darkroom.Models.Describers;
using Darkroom.Models.Llmra;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Describers;

public sealed class ToneEstimatorTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 48)]
    [InlineData(48, 7)]
    public void Curve_AnyOverview_NeverDarkensAndIsNoSteeperThanItsLimit(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var estimator = new ToneEstimator();
        foreach (var overview in (Tensor[])[zeros(2, 3, height, width), rand(2, 3, height, width), ones(2, 3, height, width)])
        {
            var (gain, shoulder) = estimator.Curve(overview);
            Assert.Equal([2, 3, 1, 1], gain.shape);
            Assert.Equal([2, 3, 1, 1], shoulder.shape);
            Assert.True(gain.isfinite().all().ToBoolean() && shoulder.min().ToDouble() >= 0);
            Assert.True(gain.max().ToDouble() <= ToneCurve.MaxGain * ToneCurve.MaxGain * 1.02);
            Assert.True((ToneCurve.Apply(overview, gain, shoulder) - overview).min().ToDouble() >= -1e-6);
        }
    }

    [Fact]
    public void Darkness_PixelsInAnotherOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var estimator = new ToneEstimator();
        var overview = rand(1, 3, 16, 24);
        Assert.True(estimator.Darkness(overview).allclose(estimator.Darkness(overview.flip(2, 3))));
    }
}
