using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

public sealed class DarkToneTests
{
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.9, 8)]
    [InlineData(0.1, 20)]
    public void Inverse_OfAnyTone_BringsThePictureBack(double factor, double bend)
    {
        using var scope = NewDisposeScope();
        var picture = rand(3, 16, 16);
        var tone = new DarkTone([factor, 0.8 * factor, 0.6 * factor], bend);
        var dark = tone.Darken(picture);
        Assert.True((picture - dark).min().ToDouble() >= 0);
        var (gain, shoulder) = tone.Inverse();
        Assert.True(ToneCurve.Apply(dark, gain, shoulder).allclose(picture, rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void NextDark_ManyDraws_AreDarkerAndBrightenable()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        for (var draw = 0; draw < 200; draw++)
        {
            var tone = DegradationSampler.NextDark(random).Tone;
            Assert.All(tone.Factors, factor => Assert.InRange(factor, 1e-3, 1));
            Assert.InRange(tone.Bend, 1, 25.001);
            Assert.True(tone.Darken(full([3, 1, 1], 0.5f)).mean().ToDouble() < 0.45);
        }
    }
}
