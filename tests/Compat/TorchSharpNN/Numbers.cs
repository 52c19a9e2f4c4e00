using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.TorchSharpNN;

/// <summary>Inputs made by a formula, so that the expected values of PyTorch 1.13 in the tests need no files.</summary>
internal static class Numbers
{
    /// <summary>PyTorch printed six significant digits, and sums are taken in another order.</summary>
    internal const double Tolerance = 3e-5;

    /// <summary>sin(i·k + o) in row-major order, as `ramp` of the script that printed the expected values.</summary>
    internal static Tensor Ramp(long[] shape, double k = 0.7, double o = 0)
    {
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        return tensor(Enumerable.Range(0, count).Select(i => (float)Math.Sin((i * k) + o)).ToArray()).reshape(shape);
    }

    internal static TorchSharp.Modules.Parameter RampParameter(long[] shape, double k = 0.7, double o = 0) => new(Ramp(shape, k, o));

    internal static double[] Values(Tensor value)
    {
        using var flat = value.detach().to(ScalarType.Float64).contiguous();
        return flat.data<double>().ToArray();
    }

    internal static void Same(Tensor actual, params double[] expected) => Same(Values(actual), expected);

    internal static void Same(double[] actual, double[] expected, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++)
        {
            Assert.True(
                Math.Abs(expected[index] - actual[index]) <= tolerance * Math.Max(1, Math.Abs(expected[index])),
                $"At {index}: expected {expected[index]}, got {actual[index]}.");
        }
    }
}
