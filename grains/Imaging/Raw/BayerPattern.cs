namespace Darkroom.Imaging.Raw;

/// <summary>Which colours the 2 x 2 cells of a Bayer mosaic have, row by row.</summary>
public enum BayerPattern
{
    /// <summary>Red, green; green, blue.</summary>
    Rggb,

    /// <summary>Blue, green; green, red.</summary>
    Bggr,

    /// <summary>Green, red; blue, green.</summary>
    Grbg,

    /// <summary>Green, blue; red, green.</summary>
    Gbrg,
}

/// <summary>Finds colours in a Bayer mosaic.</summary>
public static class BayerPatterns
{
    /// <summary>The patterns, for messages.</summary>
    public const string Names = "RGGB, BGGR, GRBG and GBRG";

    /// <summary>Finds a pattern by its name.</summary>
    /// <exception cref="InvalidImageException">There is none of that name.</exception>
    public static BayerPattern Parse(string name) => Enum.TryParse<BayerPattern>(name, ignoreCase: true, out var pattern) && Enum.IsDefined(pattern) && name.Length == 4
        ? pattern
        : throw new InvalidImageException(ImageFault.Unsupported, $"The mosaic's pattern is '{name}'; {BayerPatterns.Names} are read.");

    /// <summary>Where a plane's colour is in a cell.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="plane">0 red, 1 the green of red's row, 2 blue, 3 the green of blue's row.</param>
    public static (int Row, int Column) PositionOf(this BayerPattern pattern, int plane)
    {
        var (row, column) = pattern switch                                      // of red
        {
            BayerPattern.Rggb => (0, 0),
            BayerPattern.Bggr => (1, 1),
            BayerPattern.Grbg => (0, 1),
            BayerPattern.Gbrg => (1, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, null),
        };
        return plane switch
        {
            0 => (row, column),
            1 => (row, 1 - column),
            2 => (1 - row, 1 - column),
            3 => (1 - row, column),
            _ => throw new ArgumentOutOfRangeException(nameof(plane), plane, null),
        };
    }
}

/// <summary>One number for each plane of a packed mosaic.</summary>
/// <param name="Red">Red's.</param>
/// <param name="GreenOfRed">That of the green in red's row.</param>
/// <param name="Blue">Blue's.</param>
/// <param name="GreenOfBlue">That of the green in blue's row.</param>
public readonly record struct RawPlanes(double Red, double GreenOfRed, double Blue, double GreenOfBlue)
{
    /// <summary>Gets 1 for each plane.</summary>
    public static RawPlanes One { get; } = All(1);

    /// <summary>The same number for each plane.</summary>
    public static RawPlanes All(double value) => new(value, value, value, value);

    /// <summary>The numbers in the order of the planes.</summary>
    public double[] ToArray() => [Red, GreenOfRed, Blue, GreenOfBlue];
}
