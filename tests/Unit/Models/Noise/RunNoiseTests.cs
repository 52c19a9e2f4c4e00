using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Noise;

public sealed class RunNoiseTests
{
    [Fact]
    public void FillNormal_AMillionNumbers_HaveTheMomentsOfTheNormalDistribution()
    {
        var values = Fill(1_000_000, seed: 42);
        var mean = values.Average(value => (double)value);
        double Moment(int power) => values.Average(value => Math.Pow(value - mean, power));

        // Four standard errors of each estimate: 1, sqrt(2), sqrt(15) and sqrt(96) over sqrt(n).
        Assert.InRange(mean, -0.004, 0.004);
        Assert.InRange(Moment(2), 0.994, 1.006);
        Assert.InRange(Moment(3), -0.016, 0.016);
        Assert.InRange(Moment(4), 2.96, 3.04);
        Assert.InRange(values.Count(value => Math.Abs(value) < 1) / 1e6, 0.6808, 0.6846);
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void FillNormal_NeighbouringNumbers_AreNotCorrelated()
    {
        var values = Fill(1_000_000, seed: 7);
        for (var lag = 1; lag <= 4; lag++)
            Assert.InRange(values.Zip(values.Skip(lag), (a, b) => (double)a * b).Average(), -0.004, 0.004);
    }

    [Fact]
    public void FillNormal_AnyPartOfTheKeyChanged_GivesOtherNumbers()
    {
        float[][] streams =
        [
            Fill(64, 1), Fill(64, 2), Fill(64, 1UL << 32 | 1), Fill(64, 1, NoiseStage.Encoding), Fill(64, 1, step: 1), Fill(64, 1, tile: 1),
        ];
        Assert.Equal(streams.Length * 64, streams.SelectMany(stream => stream).Distinct().Count());
    }

    [Fact]
    public void FillNormal_LongerBuffer_BeginsWithTheShorterOnesNumbers()
    {
        var longer = Fill(1001, 3);
        Assert.Equal(longer[..7], Fill(7, 3));
        Assert.Equal(longer, Fill(1001, 3));
    }

    // Written down once: a change of any bit of the scheme changes every picture that was ever made with a seed.
    [Fact]
    public void FillNormal_KnownKey_GivesTheNumbersItAlwaysGave()
    {
        var values = Fill(4, 0, NoiseStage.InitialLatent);
        // Box-Muller of the published block 6627e8d5 e169c58d bc57ac4c 9b00dbd8, by hand.
        double[] u = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
        for (var pair = 0; pair < 2; pair++)
        {
            var radius = Math.Sqrt(-2 * Math.Log((u[2 * pair] + 0.5) / 4294967296));
            var angle = 2 * Math.PI * (u[(2 * pair) + 1] + 0.5) / 4294967296;
            Assert.Equal(radius * Math.Cos(angle), values[2 * pair], 1e-6);
            Assert.Equal(radius * Math.Sin(angle), values[(2 * pair) + 1], 1e-6);
        }
    }

    [Fact]
    public void Normal_OfARow_HasItsShapeTypeAndNumbers()
    {
        var context = new StepContext(new Conditioning([]), Step: 3, StepCount: 50, Seed: 9, Tile: 2);
        using var noise = RunNoise.Normal(context, NoiseStage.Step, [1, 4, 3, 5]);
        using var half = RunNoise.Normal(context, NoiseStage.Step, [1, 4, 3, 5], ScalarType.Float16);

        Assert.Equal([1, 4, 3, 5], noise.shape);
        Assert.Equal(Fill(60, 9, NoiseStage.Step, step: 3, tile: 2), noise.data<float>().ToArray());
        Assert.Equal(ScalarType.Float16, half.dtype);
    }

    [Fact]
    public void Normal_OfSeveralRows_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => RunNoise.Normal(default, NoiseStage.Step, [2, 4]));
        Assert.Contains("[2, 4]", error.Message, StringComparison.Ordinal);
    }

    private static float[] Fill(int count, ulong seed, NoiseStage stage = NoiseStage.Step, int step = 0, int tile = 0)
    {
        var values = new float[count];
        RunNoise.FillNormal(values, seed, stage, step, tile);
        return values;
    }
}
