namespace Darkroom.Models.Preprocessing;

/// <summary>The source pixels of each target pixel along one side, and their weights as whole numbers.</summary>
/// <remarks>Weights have 22 binary places, which is what Pillow uses for 8-bit pictures, so results are equal to the last bit.</remarks>
internal sealed class ResampleTable
{
    private const int Precision = 22;

    private readonly int[] starts;
    private readonly int[][] weights;

    public ResampleTable(int source, int target, ResampleFilter filter)
    {
        var scale = (double)source / target;
        var stretch = Math.Max(scale, 1);
        var support = Support(filter) * stretch;
        (starts, weights) = (new int[target], new int[target][]);
        for (var i = 0; i < target; i++)
        {
            var centre = (i + 0.5) * scale;
            var start = Math.Max((int)(centre - support + 0.5), 0);
            var end = Math.Min((int)(centre + support + 0.5), source);
            var values = new double[end - start];
            for (var k = 0; k < values.Length; k++)
                values[k] = Weight(filter, (k + start - centre + 0.5) / stretch);
            var sum = values.Sum();
            starts[i] = start;
            weights[i] = [.. values.Select(value => (int)((value / sum * (1 << Precision)) + (value < 0 ? -0.5 : 0.5)))];
        }
    }

    public int Target => starts.Length;

    /// <summary>One target value from a line of source values that stand <paramref name="stride"/> apart.</summary>
    public byte Sample(ReadOnlySpan<byte> source, int offset, int stride, int target)
    {
        var sum = 1 << (Precision - 1);
        var position = offset + (starts[target] * stride);
        foreach (var weight in weights[target])
        {
            sum += source[position] * weight;
            position += stride;
        }

        return (byte)Math.Clamp(sum >> Precision, 0, byte.MaxValue);
    }

    private static double Support(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Bilinear => 1,
        ResampleFilter.Bicubic => 2,
        ResampleFilter.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "There is no such filter."),
    };

    private static double Weight(ResampleFilter filter, double x)
    {
        const double A = -0.5;
        var distance = Math.Abs(x);
        return filter switch
        {
            ResampleFilter.Bilinear => Math.Max(0, 1 - distance),
            ResampleFilter.Bicubic when distance < 1 => (((((A + 2) * distance) - (A + 3)) * distance) * distance) + 1,
            ResampleFilter.Bicubic when distance < 2 => (((((distance - 5) * distance) + 8) * distance) - 4) * A,
            ResampleFilter.Lanczos when x is >= -3 and < 3 => Sinc(x) * Sinc(x / 3),
            _ => 0,
        };
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
