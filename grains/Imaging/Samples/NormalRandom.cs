namespace Darkroom.Imaging.Samples;

/// <summary>Standard normal values, two at a time (Box and Muller 1958).</summary>
internal sealed class NormalRandom(int seed)
{
    private readonly Random random = new(seed);
    private double? spare;

    /// <summary>A number in [0, 1).</summary>
    internal double NextUniform() => random.NextDouble();

    internal double Next()
    {
        if (spare is { } value)
        {
            spare = null;
            return value;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        var (sine, cosine) = Math.SinCos(Math.Tau * random.NextDouble());
        spare = radius * sine;
        return radius * cosine;
    }
}
