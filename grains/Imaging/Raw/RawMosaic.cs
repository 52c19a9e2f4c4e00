using System.Globalization;

namespace Darkroom.Imaging.Raw;

/// <summary>What a sensor with a Bayer filter measured, one colour a pixel, and what must be known to read it.</summary>
public sealed class RawMosaic
{
    /// <summary>Takes the sensor's values.</summary>
    /// <param name="width">Width of the mosaic (pixels), at least 2.</param>
    /// <param name="height">Height of the mosaic (pixels), at least 2.</param>
    /// <param name="values">The values, row after row.</param>
    /// <param name="levels">How the values are to be read.</param>
    /// <exception cref="InvalidImageException">The sizes or levels cannot be.</exception>
    public RawMosaic(int width, int height, ushort[] values, RawLevels levels)
    {
        if (width < 2 || height < 2)
            throw new InvalidImageException(ImageFault.Corrupt, $"The RAW picture is {width} x {height}; a Bayer mosaic has at least 2 x 2 pixels.");
        if (values.LongLength != (long)width * height)
            throw new InvalidImageException(ImageFault.Truncated, $"The RAW picture has {values.LongLength} values; {width} x {height} need {(long)width * height}.");
        levels.Require();
        (Width, Height, Values, Levels) = (width, height, values, levels);
    }

    /// <summary>Gets the width of the mosaic (pixels); the picture is half as wide.</summary>
    public int Width { get; }

    /// <summary>Gets the height of the mosaic (pixels); the picture is half as high.</summary>
    public int Height { get; }

    /// <summary>Gets the sensor's values, row after row.</summary>
    public ushort[] Values { get; }

    /// <summary>Gets how the values are to be read.</summary>
    public RawLevels Levels { get; }

    /// <summary>Gets what the camera says beside the values.</summary>
    public RawMetadata Metadata { get; init; } = new();

    /// <summary>Packs the mosaic: each cell of 2 x 2 becomes one pixel of four planes. An odd last row or column is left out.</summary>
    /// <returns>Red, the green of red's row, blue, the green of blue's row: [4, <see cref="Height"/> / 2, <see cref="Width"/> / 2].</returns>
    public ushort[] Pack()
    {
        var (height, width) = (Height / 2, Width / 2);
        var planes = new ushort[4 * height * width];
        for (var plane = 0; plane < 4; plane++)
        {
            var (row, column) = Levels.Pattern.PositionOf(plane);
            for (var y = 0; y < height; y++)
            {
                var source = Values.AsSpan(((2 * y) + row) * Width, Width);
                var target = planes.AsSpan(((plane * height) + y) * width, width);
                for (var x = 0; x < width; x++)
                    target[x] = source[(2 * x) + column];
            }
        }

        return planes;
    }
}

/// <summary>How a sensor's values are to be read.</summary>
/// <param name="Pattern">Where the colours are.</param>
/// <param name="Black">What darkness measures.</param>
/// <param name="White">What the brightest light measures.</param>
public sealed record RawLevels(BayerPattern Pattern, RawPlanes Black, RawPlanes White)
{
    /// <summary>Refuses levels between which there is nothing.</summary>
    /// <exception cref="InvalidImageException">A white level is not above its black level, or one is not a number of 16 bits.</exception>
    internal void Require()
    {
        foreach (var (black, white) in Black.ToArray().Zip(White.ToArray()))
        {
            if (!(black >= 0 && white > black && white <= ushort.MaxValue))
            {
                throw new InvalidImageException(ImageFault.Corrupt, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The RAW picture's black level is {black} and its white level {white}; allowed are 0 <= black < white <= {ushort.MaxValue}."));
            }
        }
    }
}

/// <summary>What a camera says beside the sensor's values.</summary>
public sealed record RawMetadata
{
    /// <summary>Gets the camera's maker and model, or an empty text.</summary>
    public string Camera { get; init; } = string.Empty;

    /// <summary>Gets the factors that make grey grey, green being about 1.</summary>
    public RawPlanes WhiteBalance { get; init; } = RawPlanes.One;

    /// <summary>Gets the matrix from white-balanced camera colours to linear sRGB.</summary>
    public ColourMatrix Matrix { get; init; } = ColourMatrix.Identity;

    /// <summary>Gets the amplification that the file asks for, or null if it says nothing.</summary>
    public double? Gain { get; init; }

    /// <summary>Gets the orientation as EXIF has it, 1..8; the values are as the sensor lies.</summary>
    public int Orientation { get; init; } = 1;
}
