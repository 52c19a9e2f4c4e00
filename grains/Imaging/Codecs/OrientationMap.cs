namespace Darkroom.Imaging.Codecs;

/// <summary>Where a stored pixel stands in the upright picture, as a linear index (EXIF 2.32, tag 274).</summary>
internal readonly struct OrientationMap
{
    private readonly int origin;
    private readonly int stepY;

    internal OrientationMap(int orientation, int width, int height)
    {
        // The upright picture is `height` wide where the axes are swapped.
        (origin, StepX, stepY) = orientation switch
        {
            2 => (width - 1, -1, width),                                       // mirrored left to right
            3 => ((width * height) - 1, -1, -width),                           // turned by 180 degrees
            4 => (width * (height - 1), 1, -width),                            // mirrored top to bottom
            5 => (0, height, 1),                                               // mirrored at the main diagonal
            6 => (height - 1, height, -1),                                     // to be turned by 90 degrees clockwise
            7 => ((height * (width - 1)) + height - 1, -height, -1),           // mirrored at the other diagonal
            8 => (height * (width - 1), -height, 1),                           // to be turned by 90 degrees counter-clockwise
            _ => (0, 1, width),
        };
    }

    /// <summary>Gets the distance between horizontal neighbours of the stored picture.</summary>
    internal int StepX { get; }

    /// <summary>Gets the index of the first pixel of a stored row.</summary>
    internal int RowStart(int y) => origin + (y * stepY);

    /// <summary>Gets the size of the upright picture.</summary>
    internal static (int Width, int Height) SizeOf(int orientation, int width, int height) =>
        orientation is >= 5 and <= 8 ? (height, width) : (width, height);
}
