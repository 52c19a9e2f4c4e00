namespace Darkroom.Workbench.Capacity;

/// <summary>Draws times that vary: the gamma distribution, which with a variation of 1 is the exponential one.</summary>
internal static class Gamma
{
    /// <summary>Draws a time.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="mean">Its mean.</param>
    /// <param name="variation">Its standard deviation over its mean, more than 0.</param>
    /// <remarks>Marsaglia and Tsang 2000, "A simple method for generating gamma variables"; below a shape of 1 with their section 6.</remarks>
    public static double Draw(Random random, double mean, double variation)
    {
        if (variation == 1)
            return -Math.Log(1 - random.NextDouble()) * mean;
        var shape = 1 / (variation * variation);
        var boost = shape < 1 ? Math.Pow(1 - random.NextDouble(), 1 / shape) : 1;
        var d = (shape < 1 ? shape + 1 : shape) - (1 / 3.0);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v * boost * mean / shape;
        }
    }

    // Box and Muller.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
