namespace Darkroom.Imaging.Raw;

/// <summary>Makes pictures of RAW values: linear light for a network, and sRGB for people.</summary>
/// <remarks>DarkDiff 2025, arXiv:2505.23743, section 5: pack, black level, white level, digital gain, white balance, one green of two.</remarks>
public static class RawDeveloper
{
    /// <summary>The tone curve's exponent, as in the paper: a plain power.</summary>
    public const double Gamma = 2.2;

    private const double MiddleGrey = 0.18;                                     // what a metered picture's green averages
    private const double MaxMeteredGain = 300;                                  // that of the darkest pictures of the set SID
    private const int Planes = 4;
    private const int BitDepth = 16;

    /// <summary>Makes linear light at half the resolution.</summary>
    /// <param name="mosaic">The sensor's values.</param>
    /// <param name="gain">The digital gain.</param>
    /// <param name="whiteBalance">The factors of the planes.</param>
    /// <returns>Red, green and blue, linear; noise may be below 0 and light above 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The gain or a factor is not a positive number.</exception>
    public static PlanarImage ToLinear(RawMosaic mosaic, double gain, RawPlanes whiteBalance)
    {
        RequirePositive(gain, nameof(gain));
        foreach (var factor in whiteBalance.ToArray())
            RequirePositive(factor, nameof(whiteBalance));

        var packed = mosaic.Pack();
        var linear = new PlanarImage(mosaic.Width / 2, mosaic.Height / 2, bitDepth: BitDepth);
        var count = linear.Width * linear.Height;
        var red = linear.Plane(0);
        var green = linear.Plane(1);
        var blue = linear.Plane(2);
        var (black, white, factors) = (mosaic.Levels.Black.ToArray(), mosaic.Levels.White.ToArray(), whiteBalance.ToArray());
        Span<double> scales = stackalloc double[Planes];
        for (var plane = 0; plane < Planes; plane++)
            scales[plane] = gain * factors[plane] / (white[plane] - black[plane]);

        for (var i = 0; i < count; i++)
        {
            red[i] = (float)((packed[i] - black[0]) * scales[0]);
            var greenOfRed = (packed[count + i] - black[1]) * scales[1];
            blue[i] = (float)((packed[(2 * count) + i] - black[2]) * scales[2]);
            var greenOfBlue = (packed[(3 * count) + i] - black[3]) * scales[3];
            green[i] = (float)((greenOfRed + greenOfBlue) / 2);
        }

        return linear;
    }

    /// <summary>Takes away what is brighter than white; noise below 0 stays, so that it keeps its mean.</summary>
    public static void ClipHighlights(PlanarImage linear)
    {
        var values = linear.Pixels;
        for (var i = 0; i < values.Length; i++)
            values[i] = Math.Min(values[i], 1);
    }

    /// <summary>Renders linear light for the eye: colour matrix, then tone curve.</summary>
    /// <param name="linear">Linear camera colours after white balance.</param>
    /// <param name="matrix">To linear sRGB.</param>
    /// <param name="gamma">The tone curve's exponent, above 0.</param>
    /// <returns>sRGB in 0..1, 16 bit, with the picture's metadata.</returns>
    public static PlanarImage Render(PlanarImage linear, ColourMatrix matrix, double gamma = Gamma)
    {
        RequirePositive(gamma, nameof(gamma));
        if (linear.IsGrey)
            throw new ArgumentException("Grey pictures have no camera colours; three planes are needed.", nameof(linear));
        var rendered = new PlanarImage(linear.Width, linear.Height, bitDepth: BitDepth) { Metadata = linear.Metadata };
        for (var i = 0; i < linear.Width * linear.Height; i++)
        {
            var (red, green, blue) = matrix.Map(
                Math.Min(linear.Plane(0)[i], 1), Math.Min(linear.Plane(1)[i], 1), Math.Min(linear.Plane(2)[i], 1));
            (rendered.Plane(0)[i], rendered.Plane(1)[i], rendered.Plane(2)[i]) = (Tone(red), Tone(green), Tone(blue));
        }

        return rendered;

        float Tone(double value) => (float)Math.Pow(Math.Clamp(value, 0, 1), 1 / gamma);
    }

    /// <summary>The gain of "auto": what the file asks for, or else what brings the mean of green to middle grey.</summary>
    /// <returns>1..300 where it was metered.</returns>
    public static double AutomaticGain(RawMosaic mosaic)
    {
        if (mosaic.Metadata.Gain is { } gain)
            return gain;
        var linear = ToLinear(mosaic, 1, mosaic.Metadata.WhiteBalance);
        var sum = 0.0;
        foreach (var value in linear.Plane(1))
            sum += value;
        var mean = sum / linear.Plane(1).Length;
        return mean <= MiddleGrey / MaxMeteredGain ? MaxMeteredGain : Math.Max(1, MiddleGrey / mean);
    }

    private static void RequirePositive(double value, string name)
    {
        if (value is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(name, value, "A number above 0 is needed.");
    }
}
