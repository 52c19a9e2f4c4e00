using Darkroom.Imaging;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Adds white Gaussian noise, the same on every machine.</summary>
/// <remarks>
/// Value i of picture k (planes one after another, rows from top to bottom) takes half of a Box-Muller pair of the uniforms
/// u(2⌊i/2⌋) and u(2⌊i/2⌋ + 1), where u(n) are the upper 53 bits of SplitMix64's output function (Steele, Lea, Flood 2014) on
/// mix(seed + k · 0xD1342543DE82EF95) + (n + 1) · 0x9E3779B97F4A7C15. Even i take the cosine, odd i the sine.
/// </remarks>
public static class GaussianNoise
{
    private const ulong Weyl = 0x9E3779B97F4A7C15;
    private const ulong PictureStride = 0xD1342543DE82EF95;

    /// <summary>Adds noise in float: the sum is neither clipped nor rounded. A grey picture has one noise plane.</summary>
    /// <param name="clean">The picture; not changed.</param>
    /// <param name="sigma">Standard deviation, in levels of 0..255.</param>
    /// <param name="seed">Seed of the whole evaluation.</param>
    /// <param name="index">Number of the picture in the evaluation, from 0.</param>
    /// <returns>The noisy picture; its values may leave 0..1.</returns>
    public static PlanarImage Add(PlanarImage clean, double sigma, ulong seed, int index)
    {
        var noisy = clean.CreateAlike();
        var state = Mix(unchecked(seed + ((ulong)index * PictureStride)));
        var scale = sigma / 255;
        for (var i = 0; i < noisy.Pixels.Length; i += 2)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(state, (ulong)i)));   // 1 - u lies in (0, 1]
            var angle = 2 * Math.PI * Uniform(state, (ulong)i + 1);
            noisy.Pixels[i] = (float)(clean.Pixels[i] + (scale * radius * Math.Cos(angle)));
            if (i + 1 < noisy.Pixels.Length)
                noisy.Pixels[i + 1] = (float)(clean.Pixels[i + 1] + (scale * radius * Math.Sin(angle)));
        }

        return noisy;
    }

    private static double Uniform(ulong state, ulong n) => (Mix(unchecked(state + ((n + 1) * Weyl))) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
