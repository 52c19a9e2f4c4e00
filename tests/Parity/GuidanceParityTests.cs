using Darkroom.Models.Guidance;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class GuidanceParityTests
{
    [Fact]
    public void CombineDual_ReferencePredictions_GiveTheReferenceOutput()
    {
        using var fixture = Fixture.Open("dual_cfg");
        using var scope = NewDisposeScope();
        var (full, image, unconditional) = (fixture.Read("eps_full"), fixture.Read("eps_image"), fixture.Read("eps_uncond"));
        var index = 0;
        foreach (var scales in fixture.Meta.GetProperty("scales").EnumerateArray())
        {
            var (text, picture) = (scales.GetProperty("text").GetDouble(), scales.GetProperty("image").GetDouble());
            fixture.AssertClose($"out.{index++}", ClassifierFreeGuidance.CombineDual(unconditional, image, full, [text], [picture]));
        }

        // The fixture does not state this scale: one value tells it, and all must fit it.
        var difference = (full - unconditional).flatten();
        var widest = difference.abs().argmax().ToInt64();
        var scale = ((fixture.Read("classic_cfg_out") - unconditional).flatten()[widest] / difference[widest]).ToSingle();
        fixture.AssertClose("classic_cfg_out", ClassifierFreeGuidance.Combine(unconditional, full, scale));
    }
}
