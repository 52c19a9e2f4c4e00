using Darkroom.Models.Llmra;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Llmra;

public sealed class ExposureMeterTests
{
    [Fact]
    public void Meter_DarkPicture_BringsTheMeanToMidGrey()
    {
        using var scope = NewDisposeScope();
        var dark = rand(1, 3, 24, 32) * 0.2;
        var gain = ExposureMeter.Meter(dark);
        var lit = ExposureMeter.Apply(dark, tensor((float)gain), tensor((float)gain - 1));
        Assert.Equal(ExposureMeter.MidGrey, lit.mean().ToDouble(), 3);
    }

    [Fact]
    public void Meter_BrightPicture_LeavesIt()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(1, ExposureMeter.Meter(full([1, 3, 8, 8], 0.8f)), 3);
    }

    [Fact]
    public void Meter_BlackPicture_StopsAtTheLimit()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ExposureMeter.MaxGain, ExposureMeter.Meter(zeros(1, 3, 8, 8)), 3);
    }

    [Fact]
    public void Apply_MeteredCurve_KeepsWhiteAndNegativeNoise()
    {
        using var scope = NewDisposeScope();
        var lit = ExposureMeter.Apply(tensor(new[] { 1f, -0.05f }), tensor(8f), tensor(7f));
        Assert.Equal(1, lit.select(0, 0).ToDouble(), 5);
        Assert.Equal(-0.4, lit.select(0, 1).ToDouble(), 5);
    }
}
