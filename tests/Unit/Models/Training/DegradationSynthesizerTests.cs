using Darkroom.Models.Training.Data;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

public sealed class DegradationSynthesizerTests
{
    [Fact]
    public void Apply_NothingWrong_GivesTheCleanPatch()
    {
        using var scope = NewDisposeScope();
        var clean = Clean();
        var patch = Apply(clean, new Degradation(1, 0, NoiseKind.None, 0), Wish.Everything);
        Assert.True(patch.Degraded.allclose(clean));
        Assert.True(patch.Target.allclose(clean));
        Assert.Equal(0, patch.NoiseSigma, 6);
    }

    [Fact]
    public void Apply_GaussianNoise_HasTheStatedDeviation()
    {
        using var scope = NewDisposeScope();
        var patch = Apply(Clean(), new Degradation(1, 0, NoiseKind.Gaussian, 25), Wish.Everything);
        Assert.InRange(patch.NoiseSigma, 24, 26);
    }

    [Fact]
    public void Apply_NoiseNotMentioned_StaysInTheTarget()
    {
        using var scope = NewDisposeScope();
        var clean = Clean();
        var patch = Apply(clean, new Degradation(1, 0, NoiseKind.Gaussian, 10), new Wish(true, true, NoiseKept: 1));
        Assert.True(patch.Target.allclose(patch.Degraded.clamp(0, 1), atol: 1e-6));
    }

    [Fact]
    public void Apply_DarkAndNoLightWanted_TargetStaysDark()
    {
        using var scope = NewDisposeScope();
        var clean = Clean();
        var degradation = new Degradation(1.0 / 16, 0, NoiseKind.None, 0);
        var dark = Apply(clean, degradation, new Wish(false, true, 0));
        Assert.True(dark.Target.allclose(dark.Degraded, atol: 1e-6));
        var lit = Apply(clean, degradation, Wish.Everything);
        Assert.True(lit.Target.allclose(clean, atol: 1e-6));
        Assert.True(lit.Overview.mean().ToDouble() < 0.4 * clean.mean().ToDouble());
    }

    [Fact]
    public void Apply_GreyPicture_HasGreyNoise()
    {
        using var scope = NewDisposeScope();
        var patch = Apply(Clean(), new Degradation(1, 0, NoiseKind.Gaussian, 25) { IsGrey = true }, Wish.Everything);
        Assert.True(patch.Degraded.select(0, 0).allclose(patch.Degraded.select(0, 2), rtol: 0, atol: 0));
        Assert.InRange(patch.NoiseSigma, 24, 26);
    }

    [Fact]
    public void Apply_SmoothedCameraNoise_IsAsStrongAndCorrelated()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var grey = full([3, 96, 96], 0.46f);
        var correlations = Enumerable.Range(0, 40).Select(seed =>
        {
            var noise = CameraNoise.Apply(grey, 10, new Random(seed), generator) - grey;
            noise = noise - noise.mean();
            Assert.InRange(255 * noise.std().ToDouble(), 4, 25);
            return ((noise.narrow(2, 0, 92) * noise.narrow(2, 4, 92)).mean() / noise.square().mean()).ToDouble();
        }).ToArray();
        Assert.Contains(correlations, value => Math.Abs(value) < 0.05);         // as the sensor gives it
        Assert.Contains(correlations, value => value > 0.2);                    // blotches
    }

    [Fact]
    public void Apply_BentShadows_TargetIsTheScene()
    {
        using var scope = NewDisposeScope();
        var clean = Clean();
        var degradation = new Degradation(0.1, 0, NoiseKind.None, 0) { Tone = new DarkTone([0.5, 0.4, 0.6], 6) };
        var patch = Apply(clean, degradation, Wish.Everything);
        Assert.True(patch.Target.allclose(clean, atol: 1e-4));
        Assert.InRange(patch.Brightening, 2, 20);
        Assert.True(Apply(clean, degradation, new Wish(false, true, 0)).Target.allclose(patch.Degraded, atol: 1e-6));
    }

    [Fact]
    public void Apply_Rain_OnlyBrightens()
    {
        using var scope = NewDisposeScope();
        var clean = Clean();
        var patch = Apply(clean, new Degradation(1, 1, NoiseKind.None, 0), Wish.Everything);
        Assert.True((patch.Degraded - clean).min().ToDouble() >= -1e-6);
        Assert.True((patch.Degraded - clean).mean().ToDouble() > 1e-3);
    }

    [Fact]
    public void Jpeg_HighQuality_ChangesLittleAndLowQualityMore()
    {
        using var scope = NewDisposeScope();
        var clean = Clean();
        var fine = (JpegArtifacts.Apply(clean, 98) - clean).square().mean().ToDouble();
        var coarse = (JpegArtifacts.Apply(clean, 20) - clean).square().mean().ToDouble();
        Assert.True(fine < 1e-4, $"{fine}");
        Assert.True(coarse > 4 * fine, $"{coarse} {fine}");
    }

    [Fact]
    public void NextWish_AnyDraw_UsesTheVocabularyOrOneTypo()
    {
        var random = new Random(5);
        for (var draw = 0; draw < 200; draw++)
        {
            var (text, wish) = InstructionWriter.NextWish(random);
            Assert.NotEmpty(text);
            Assert.InRange(wish.Gain, 0.5, 2);
            Assert.InRange(wish.NoiseKept, 0, 1);
        }
    }

    private static Tensor Clean()
    {
        var row = linspace(0.1, 0.8, 64);
        return row.expand(3, 64, 64).clone();
    }

    private static DegradedPatch Apply(Tensor clean, Degradation degradation, Wish wish)
    {
        using var generator = new Generator(3);
        return DegradationSynthesizer.Apply(clean, clean.narrow(1, 0, 48).narrow(2, 0, 48), degradation, wish, new Random(3), generator);
    }
}
