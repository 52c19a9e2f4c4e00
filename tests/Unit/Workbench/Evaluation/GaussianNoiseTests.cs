using Darkroom.Imaging;
using Darkroom.Workbench.Evaluation;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

public sealed class GaussianNoiseTests
{
    // 3 * 256 * 256 values: the mean has a standard error of sigma / 443, the deviation one of sigma / 627.
    private const int Side = 256;
    private const double FiveStandardErrors = 5.0 / 443;

    [Fact]
    public void Add_Moments_AreThoseAskedFor()
    {
        var noise = GaussianNoise.Add(Grey(), 25, seed: 3, index: 0).Pixels.Select(value => (value - 0.5) * 255 / 25).ToArray();
        Assert.InRange(noise.Average(), -FiveStandardErrors, FiveStandardErrors);
        Assert.InRange(Math.Sqrt(noise.Average(value => value * value)), 1 - FiveStandardErrors, 1 + FiveStandardErrors);
        Assert.InRange(noise.Average(value => Math.Pow(value, 4)), 2.9, 3.1);   // kurtosis of a Gaussian
        Assert.InRange(noise.Zip(noise.Skip(1), (a, b) => a * b).Average(), -FiveStandardErrors, FiveStandardErrors);
    }

    [Fact]
    public void Add_LargeSigma_IsNotClipped() =>
        Assert.Contains(GaussianNoise.Add(Grey(), 255, seed: 3, index: 0).Pixels, value => value is < 0 or > 1);

    [Fact]
    public void Add_SameSeedAndIndex_GivesTheSame() =>
        Assert.Equal(GaussianNoise.Add(Grey(), 25, 3, 7).Pixels, GaussianNoise.Add(Grey(), 25, 3, 7).Pixels);

    [Theory]
    [InlineData(4UL, 7)]
    [InlineData(3UL, 8)]
    public void Add_OtherSeedOrIndex_IsIndependent(ulong seed, int index)
    {
        var a = GaussianNoise.Add(Grey(), 255, 3, 7).Pixels;
        var b = GaussianNoise.Add(Grey(), 255, seed, index).Pixels;
        Assert.InRange(a.Zip(b, (x, y) => (x - 0.5) * (y - 0.5)).Average(), -FiveStandardErrors, FiveStandardErrors);
    }

    // Values of the first pictures, so that figures of today can be compared with those of tomorrow.
    [Fact]
    public void Add_KnownSeed_GivesKnownValues()
    {
        var noise = GaussianNoise.Add(new PlanarImage(2, 1, isGrey: true), 255, seed: 0, index: 0).Pixels;
        var (first, second) = (SplitMix(1), SplitMix(2));
        Assert.Equal(Math.Sqrt(-2 * Math.Log(1 - first)) * Math.Cos(2 * Math.PI * second), noise[0], 1e-6);
        Assert.Equal(Math.Sqrt(-2 * Math.Log(1 - first)) * Math.Sin(2 * Math.PI * second), noise[1], 1e-6);
    }

    // SplitMix64 from seed 0: its published first outputs are 0xE220A8397B1DCDAF and 0x6E789E6AA1B965F4.
    private static double SplitMix(int n) => (n == 1 ? 0xE220A8397B1DCDAF : 0x6E789E6AA1B965F4) / Math.Pow(2, 64);

    private static PlanarImage Grey()
    {
        var picture = new PlanarImage(Side, Side);
        Array.Fill(picture.Pixels, 0.5f);
        return picture;
    }
}
