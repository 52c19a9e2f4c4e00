namespace Darkroom.Imaging.Samples;

/// <summary>Spoils a picture as cameras and weather do, reproducibly. Values are neither rounded nor clamped.</summary>
public static class SampleDegradation
{
    private const float LevelsPerUnit = 255f;

    /// <summary>Adds independent Gaussian noise to every value.</summary>
    /// <param name="picture">The picture; it is not changed.</param>
    /// <param name="sigma">Standard deviation in levels of 0..255, at least 0.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static PlanarImage AddNoise(PlanarImage picture, double sigma, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sigma);
        var result = Copy(picture);
        var normal = new NormalRandom(seed);
        for (var i = 0; i < result.Pixels.Length; i++)
            result.Pixels[i] += (float)(sigma * normal.Next()) / LevelsPerUnit;
        return result;
    }

    /// <summary>Takes light away, as a short exposure does: the light is multiplied, then photons and the sensor add their noise.</summary>
    /// <param name="picture">The picture; it is not changed.</param>
    /// <param name="exposure">Part of the light that is left, above 0 up to 1, in linear light.</param>
    /// <param name="shotNoise">Variance of the noise a unit of light; 0 for none. 0.0002 is a clean sensor, 0.002 a bad one.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static PlanarImage Darken(PlanarImage picture, double exposure, double shotNoise, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exposure);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exposure, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(shotNoise);
        var result = Copy(picture);
        var normal = new NormalRandom(seed);
        for (var i = 0; i < result.Pixels.Length; i++)
        {
            var light = exposure * Colour.ToLinear(result.Pixels[i]);
            var deviation = Math.Sqrt(shotNoise * Math.Max(light, 0) * exposure);
            result.Pixels[i] = Colour.ToSrgb((float)(light + (deviation * normal.Next())));
        }

        return result;
    }

    /// <summary>Adds rain: slanted streaks of light over the picture.</summary>
    /// <param name="picture">The picture; it is not changed.</param>
    /// <param name="strength">0 for none, 1 for heavy rain.</param>
    /// <param name="seed">Seed of the drops and of the wind's direction.</param>
    public static PlanarImage AddRain(PlanarImage picture, double strength, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(strength);
        var result = Copy(picture);
        var streaks = RainStreaks.Draw(picture.Width, picture.Height, strength, seed);
        for (var c = 0; c < result.Channels; c++)
        {
            var plane = result.Plane(c);
            for (var i = 0; i < plane.Length; i++)
                plane[i] += streaks[i] * (1f - (0.25f * plane[i]));   // a streak adds less where it is bright already
        }

        return result;
    }

    private static PlanarImage Copy(PlanarImage picture)
    {
        var copy = picture.CreateAlike();
        picture.Pixels.CopyTo(copy.Pixels, 0);
        return copy;
    }
}
