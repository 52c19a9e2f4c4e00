using TorchSharp;
using Xunit;
using static Darkroom.Tests.Compat.TorchSharpNN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Darkroom.Tests.Compat.TorchSharpNN;

public sealed class InitTests
{
    // 20,000 samples: the standard error of a standard deviation is 0.5 %; five of them are allowed.
    private const double Spread = 0.025;

    [Fact]
    public void KaimingNormal_HasTheVarianceOfItsFan()
    {
        manual_seed(1);
        Deviates(init.kaiming_normal_(empty(100, 200)), Math.Sqrt(2.0 / 200));
        Deviates(init.kaiming_normal_(empty(100, 200), mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.Linear), Math.Sqrt(1.0 / 100));
        Deviates(init.kaiming_normal_(empty(50, 16, 5, 5), a: 1), Math.Sqrt(1.0 / (16 * 25)));
    }

    [Fact]
    public void XavierAndUniform_HaveTheirBoundsAndSpread()
    {
        manual_seed(1);
        Deviates(init.xavier_normal_(empty(100, 200), 2), 2 * Math.Sqrt(2.0 / 300));
        var values = Values(init.xavier_uniform_(empty(100, 200)));
        Assert.InRange(values.Max(), 0.99 * Math.Sqrt(6.0 / 300), Math.Sqrt(6.0 / 300));
        Deviates(init.uniform_(empty(20000), -1, 1), 1 / Math.Sqrt(3));
        Deviates(init.normal_(empty(20000), 5, 3), 3);
    }

    [Fact]
    public void Init_OnAParameter_WorksOutsideAutograd()
    {
        var parameter = new TorchSharp.Modules.Parameter(empty(2, 2));
        Same(init.constant_(parameter, 3), 3, 3, 3, 3);
        Same(init.zeros_(parameter), 0, 0, 0, 0);
        Same(init.ones_(parameter), 1, 1, 1, 1);
        Assert.True(parameter.is_leaf && parameter.requires_grad);
    }

    [Fact]
    public void Seed_MakesInitialisationRepeatable()
    {
        manual_seed(7);
        var first = Values(Linear(4, 4).weight);
        manual_seed(7);
        Same(Linear(4, 4).weight, first);
    }

    [Theory]
    [InlineData(init.NonlinearityType.Linear, 0, 1)]
    [InlineData(init.NonlinearityType.Tanh, 0, 5.0 / 3)]
    [InlineData(init.NonlinearityType.ReLU, 0, 1.4142135623730951)]
    [InlineData(init.NonlinearityType.LeakyReLU, 2, 0.6324555320336759)]
    public void CalculateGain_EqualsPyTorch(init.NonlinearityType type, double param, double expected) =>
        Assert.Equal(expected, init.calculate_gain(type, param), 12);

    [Fact]
    public void FanInAndFanOut_CountTheReceptiveField()
    {
        Assert.Equal((18, 36), init.CalculateFanInAndFanOut(zeros(4, 2, 3, 3)));
        Assert.Throws<ArgumentException>(() => init.CalculateFanInAndFanOut(zeros(4)));
    }

    private static void Deviates(Tensor tensor, double expected)
    {
        var values = Values(tensor);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        Assert.InRange(deviation, expected * (1 - Spread), expected * (1 + Spread));
    }
}
