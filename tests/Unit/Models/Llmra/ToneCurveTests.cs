using Darkroom.Models.Llmra;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Llmra;

public sealed class ToneCurveTests
{
    [Fact]
    public void Apply_CurveWithShoulder_KeepsWhiteAndNegativeNoise()
    {
        using var scope = NewDisposeScope();
        var lit = ToneCurve.Apply(tensor(new[] { 1f, -0.05f }), tensor(8f), tensor(7f));
        Assert.Equal(1, lit.select(0, 0).ToDouble(), 5);
        Assert.Equal(-0.4, lit.select(0, 1).ToDouble(), 5);
    }

    [Fact]
    public void Apply_NoShoulder_IsAFactor()
    {
        using var scope = NewDisposeScope();
        var values = rand(1, 3, 4, 4);
        Assert.True(ToneCurve.Apply(values, tensor(3f), tensor(0f)).allclose(3 * values));
    }
}
