using Darkroom.Imaging.Samples;

namespace Darkroom.Imaging.Raw;

/// <summary>Photographs a picture again in the dark: unprocesses it and adds the noise of photons and of the read-out.</summary>
/// <remarks>
/// Brooks et al. 2019, arXiv:1811.11127, section 3, with the noise of a sensor whose levels are given, as DarkDiff's training
/// data: tone curve, colour matrix and white balance are undone, the light is divided by the ratio, and each pixel of the mosaic
/// counts photons (Poisson) and is read with Gaussian noise.
/// </remarks>
/// <param name="Levels">How the sensor's values are to be read.</param>
/// <param name="Metadata">White balance and colour matrix of the camera.</param>
public sealed record NightSensor(RawLevels Levels, RawMetadata Metadata)
{
    private const double NormalFrom = 50;   // photons from which Poisson's distribution is drawn as a normal one

    /// <summary>Gets how many photons fill a pixel.</summary>
    public double PhotonsAtWhite { get; init; } = 4000;

    /// <summary>Gets the standard deviation of the read-out, in the sensor's levels.</summary>
    public double ReadDeviation { get; init; } = 3;

    /// <summary>Takes the photograph.</summary>
    /// <param name="picture">sRGB in 0..1; each pixel becomes a cell of 2 x 2.</param>
    /// <param name="ratio">By how much the light is reduced, at least 1; noted as the gain that the file asks for.</param>
    /// <param name="seed">Seed of the noise, or null for none.</param>
    public RawMosaic Take(PlanarImage picture, double ratio, int? seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ratio, 1);
        var random = seed is { } value ? new NormalRandom(value) : null;
        var inverse = Metadata.Matrix.Invert();
        var (black, white, balance) = (Levels.Black.ToArray(), Levels.White.ToArray(), Metadata.WhiteBalance.ToArray());
        var values = new ushort[4 * picture.Width * picture.Height];
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var (red, green, blue) = inverse.Map(Light(0), Light(1), Light(2));
                double[] planes = [red, green, blue, green];
                for (var plane = 0; plane < planes.Length; plane++)
                {
                    var light = Math.Clamp(planes[plane], 0, 1) / balance[plane] / ratio;
                    var level = black[plane] + (Count(light, random) * (white[plane] - black[plane]));
                    level += random is null ? 0 : ReadDeviation * random.Next();
                    var (row, column) = Levels.Pattern.PositionOf(plane);
                    values[(((2 * y) + row) * 2 * picture.Width) + (2 * x) + column] = (ushort)Math.Clamp(Math.Round(level), 0, white[plane]);
                }

                double Light(int channel) => Math.Pow(Math.Clamp(picture.Row(picture.IsGrey ? 0 : channel, y)[x], 0, 1), RawDeveloper.Gamma);
            }
        }

        return new RawMosaic(2 * picture.Width, 2 * picture.Height, values, Levels) { Metadata = Metadata with { Gain = ratio } };
    }

    // The light as the photons tell it that were counted.
    private double Count(double light, NormalRandom? random)
    {
        if (random is null)
            return light;
        var mean = light * PhotonsAtWhite;
        if (mean >= NormalFrom)
            return Math.Max(0, mean + (Math.Sqrt(mean) * random.Next())) / PhotonsAtWhite;

        // Knuth 1969, volume 2: how many uniform numbers can be multiplied until the product is below exp(-mean).
        var (photons, product, limit) = (-1, 1.0, Math.Exp(-mean));
        do
        {
            photons++;
            product *= random.NextUniform();
        }
        while (product > limit);
        return photons / PhotonsAtWhite;
    }
}
