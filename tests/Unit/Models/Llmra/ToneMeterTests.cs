using Darkroom.Models.Llmra;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Llmra;

public sealed class ToneMeterTests
{
    [Fact]
    public void Strengthen_DeepDarkness_BringsTheMeanToMidGrey()
    {
        using var scope = NewDisposeScope();
        var dark = rand(1, 3, 24, 32) * 0.05;
        var (gain, shoulder) = ToneMeter.Strengthen(dark, full([1, 3, 1, 1], 5f), full([1, 3, 1, 1], 1f));
        Assert.Equal(ToneMeter.MidGrey, ToneCurve.Apply(dark, gain, shoulder).mean().ToDouble(), 2);
    }

    [Fact]
    public void Strengthen_LittleLightMissing_LeavesTheCurve()
    {
        using var scope = NewDisposeScope();
        var (gain, shoulder) = (full([1, 3, 1, 1], 1.9f), zeros(1, 3, 1, 1));
        var (metered, rolled) = ToneMeter.Strengthen(rand(1, 3, 24, 32) * 0.5, gain, shoulder);
        Assert.True(metered.allclose(gain) && rolled.allclose(shoulder));
    }

    [Fact]
    public void Strengthen_AnyCurve_WhiteStaysWhereTheCurveHadIt()
    {
        using var scope = NewDisposeScope();
        var (gain, shoulder) = (full([1, 3, 1, 1], 8f), full([1, 3, 1, 1], 7f));
        var (metered, rolled) = ToneMeter.Strengthen(rand(1, 3, 24, 32) * 0.02, gain, shoulder);
        Assert.True(metered.mean().ToDouble() > 8);
        Assert.Equal(1, ToneCurve.Apply(ones(1, 3, 1, 1), metered, rolled).mean().ToDouble(), 4);
    }

    [Fact]
    public void Strengthen_BlackPicture_StopsAtTheLimit()
    {
        using var scope = NewDisposeScope();
        var (gain, shoulder) = ToneMeter.Strengthen(zeros(1, 3, 8, 8), full([1, 3, 1, 1], 8f), full([1, 3, 1, 1], 7f));
        Assert.True(gain.isfinite().all().ToBoolean() && shoulder.isfinite().all().ToBoolean());
    }
}
