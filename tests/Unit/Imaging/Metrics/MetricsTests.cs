using Darkroom.Imaging;
using Darkroom.Imaging.Metrics;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Metrics;

/// <summary>Properties; the values are compared with the reference implementations in tests/Parity.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void Psnr_KnownError_IsItsFormula()
    {
        var (a, b) = (new PlanarImage(8, 8), new PlanarImage(8, 8));
        b.Pixels.AsSpan().Fill(0.1f);
        Assert.Equal(20, Psnr.Compute(a, b, MeasuredPlanes.Channels), 1e-5);
    }

    [Fact]
    public void Psnr_Rounded_IgnoresLessThanHalfALevel()
    {
        var (a, b) = (TestPictures.Random(8, 8), TestPictures.Random(8, 8));
        for (var i = 0; i < b.Pixels.Length; i++)
            b.Pixels[i] += 0.4f / 255;
        Assert.Equal(double.PositiveInfinity, Psnr.Compute(a, b, MeasuredPlanes.Channels8));
        Assert.True(double.IsFinite(Psnr.Compute(a, b, MeasuredPlanes.Channels)));
    }

    [Theory]
    [InlineData(SsimWindow.Gaussian11)]
    [InlineData(SsimWindow.Uniform7)]
    public void Ssim_EqualPictures_IsOne(SsimWindow window)
    {
        var picture = TestPictures.Random(16, 12);
        Assert.Equal(1, Ssim.Compute(picture, picture, window: window), 1e-12);
    }

    [Fact]
    public void Ssim_MoreNoise_IsLower()
    {
        var reference = TestPictures.Smooth(48, 48);
        var previous = 1.0;
        foreach (var strength in new[] { 0.02f, 0.05f, 0.1f, 0.2f })
        {
            var (noise, noisy) = (TestPictures.Random(48, 48), TestPictures.Smooth(48, 48));
            for (var i = 0; i < noisy.Pixels.Length; i++)
                noisy.Pixels[i] += strength * (noise.Pixels[i] - 0.5f);
            var ssim = Ssim.Compute(noisy, reference);
            Assert.True(ssim < previous, $"{ssim} at {strength} after {previous}");
            previous = ssim;
        }
    }

    [Fact]
    public void Ssim_SmallerThanWindow_SaysSo() =>
        Assert.Contains("10 x 10", Assert.Throws<ArgumentException>(() => Ssim.Compute(new PlanarImage(10, 10), new PlanarImage(10, 10))).Message, StringComparison.Ordinal);

    [Fact]
    public void Metrics_DifferentSizes_SaySo()
    {
        Assert.Throws<ArgumentException>(() => Psnr.Compute(new PlanarImage(16, 16), new PlanarImage(16, 17)));
        Assert.Throws<ArgumentException>(() => Ssim.Compute(new PlanarImage(16, 16), new PlanarImage(16, 16, isGrey: true)));
    }

    [Theory]
    [InlineData(0.5, 1.7724538509055161)]
    [InlineData(1, 1)]
    [InlineData(5, 24)]
    [InlineData(0.1, 9.513507698668732)]
    [InlineData(15, 87178291200)]
    public void Gamma_KnownValues_AreExact(double x, double expected) =>
        Assert.InRange(GammaFunction.Compute(x) / expected, 1 - 1e-12, 1 + 1e-12);

    [Theory]
    [InlineData(0f)]
    [InlineData(0.02f)]
    [InlineData(0.2f)]
    [InlineData(1f)]
    [InlineData(-0.3f)]
    public void Colour_ThereAndBack_IsTheSame(float value) => Assert.Equal(value, Colour.ToSrgb(Colour.ToLinear(value)), 1e-6f);

    [Fact]
    public void Colour_MidGrey_IsAFifthOfTheLight() => Assert.Equal(0.21404f, Colour.ToLinear(0.5f), 1e-5f);
}
