using System.Globalization;

namespace Darkroom.Bench.Harness;

/// <summary>The times of one thing, measured several times.</summary>
/// <param name="Seconds">One time for each repetition.</param>
internal sealed record Samples(IReadOnlyList<double> Seconds)
{
    /// <summary>Gets the shortest.</summary>
    public double Min => Seconds.Min();

    /// <summary>Gets the one in the middle.</summary>
    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

    /// <summary>Gets the longest.</summary>
    public double Max => Seconds.Max();

    /// <summary>Writes the shortest, median and longest in the unit that suits them.</summary>
    public override string ToString() => $"{Format(Min)} / {Format(Median)} / {Format(Max)}";

    /// <summary>Writes a time in the unit that suits it.</summary>
    public static string Format(double seconds) => Math.Abs(seconds) switch
    {
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s"),
        >= 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:F2} ms"),
        >= 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:F2} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:F0} ns"),
    };
}
