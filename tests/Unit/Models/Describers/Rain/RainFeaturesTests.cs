using Darkroom.Models.Describers.Rain;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Describers.Rain;

public sealed class RainFeaturesTests
{
    // In RainFeatures.Directed: full size comes first, in quantiles of 17 features; the median is the third of five.
    private const int Median = 2;
    private const int Energy = 0;
    private const int Skewness = 2;

    [Fact]
    public void LineFilters_EachOfThem_IgnoresFlatAreasAndHasNormOne()
    {
        using var scope = NewDisposeScope();
        var filters = LineFilters.Compute(CPU);
        Assert.Equal([LineFilters.AngleCount, 1, LineFilters.Size, LineFilters.Size], filters.shape);
        Assert.True(filters.mean([1, 2, 3]).abs().max().ToDouble() < 1e-6);
        Assert.True((filters.square().sum([1, 2, 3]) - 1).abs().max().ToDouble() < 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(13)]
    public void Measure_BrightParallelLines_FindsTheirDirectionAndThatTheyAreBright(int direction)
    {
        using var scope = NewDisposeScope();
        var directed = RainFeatures.Measure(Lines(direction, bright: 0.3)).Directed;
        Assert.Equal([1, RainFeatures.DirectedCount, LineFilters.AngleCount], directed.shape);
        Assert.Equal(direction, Feature(directed, Energy).argmax().ToInt64());
        Assert.InRange(Feature(directed, Skewness)[direction].ToDouble(), 0.1, 4);

        var dark = RainFeatures.Measure(Lines(direction, bright: -0.3)).Directed;
        Assert.InRange(Feature(dark, Skewness)[direction].ToDouble(), -4, -0.1);
    }

    [Fact]
    public void Measure_PatchesInAnotherOrder_GivesTheSame()
    {
        using var scope = NewDisposeScope();
        var patches = rand([4, 3, 96, 96], generator: new Generator(1));
        var (here, there) = (RainFeatures.Measure(patches), RainFeatures.Measure(patches.flip(0)));
        Assert.True(here.Directed.allclose(there.Directed, atol: 1e-5));
        Assert.True(here.Plain.allclose(there.Plain, atol: 1e-5));
    }

    [Fact]
    public void Measure_OneFlatPatch_IsFinite()
    {
        using var scope = NewDisposeScope();
        var features = RainFeatures.Measure(full([1, 3, 96, 96], 0.5f));
        Assert.True(features.Directed.isfinite().all().ToBoolean());
        Assert.True(features.Plain.isfinite().all().ToBoolean());
        Assert.Equal([1, RainFeatures.PlainCount], features.Plain.shape);
    }

    private static Tensor Feature(Tensor directed, int index) =>
        directed.select(0, 0).select(0, Median * (RainFeatures.DirectedCount / 5) + index);

    // Grey patches with a few lines across them.
    private static Tensor Lines(int direction, double bright)
    {
        const int Side = 96;
        var random = new Random(3);
        var values = new float[Side * Side];
        var (sin, cos) = Math.SinCos(Math.PI * direction / LineFilters.AngleCount);
        for (var line = 0; line < 4; line++)
        {
            var (x0, y0) = (random.Next(Side), random.Next(Side));
            for (var index = 0; index < values.Length; index++)
            {
                var (y, x) = Math.DivRem(index, Side);
                var across = (x - x0) * cos - (y - y0) * sin;
                values[index] += (float)(bright * Math.Exp(-across * across / 2));
            }
        }

        var noise = 0.01 * randn([1, 1, Side, Side], generator: new Generator(2));
        return (0.5 + tensor(values).view(1, 1, Side, Side) + noise).expand(2, 3, -1, -1).contiguous();
    }
}
