using System.Runtime.InteropServices;
using Darkroom.Imaging;
using Darkroom.Imaging.Metrics;
using Darkroom.Imaging.Samples;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Metrics;

public sealed class NiqeModelTests
{
    private const int FeatureCount = 36;

    [Fact]
    public void Fit_FewBlocks_IsRefusedWithTheirNumber()
    {
        var error = Assert.Throws<ArgumentException>(() => NiqeModel.Fit([SampleScene.Draw(192, 192)]));
        Assert.Contains("more than 36 are needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Pictures_GivesMeanAndSymmetricCovarianceOfTheirSharpBlocks()
    {
        var values = MemoryMarshal.Cast<byte, double>(NiqeModel.Fit([Grainy(1), Grainy(2)])).ToArray();

        Assert.Equal((FeatureCount + 1) * FeatureCount, values.Length);
        Assert.All(values, value => Assert.True(double.IsFinite(value)));
        for (var i = 0; i < FeatureCount; i++)
        {
            Assert.True(At(i, i) >= 0);
            for (var j = 0; j < i; j++)
                Assert.Equal(At(i, j), At(j, i), 12);
        }

        // Noise makes every block sharp.
        static PlanarImage Grainy(int seed) => SampleDegradation.AddNoise(SampleScene.Draw(1152, 768), 50, seed);

        double At(int row, int column) => values[((row + 1) * FeatureCount) + column];
    }

    [Fact]
    public void Own_MoreNoise_IsWorse()
    {
        var clean = SampleScene.Draw(384, 288);
        var scores = new[] { 0.0, 10, 25, 50 }.Select(sigma => Niqe.Own.Compute(SampleDegradation.AddNoise(clean, sigma, 1))).ToArray();
        Assert.Equal(scores.Order(), scores);
    }
}
