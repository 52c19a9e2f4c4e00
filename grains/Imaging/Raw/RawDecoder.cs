using System.Globalization;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Imaging.Raw;

/// <summary>Decodes RAW files: whatever LibRaw opens that has a Bayer mosaic. Safe to use from several threads.</summary>
/// <param name="options">Limits, checked before anything is decoded.</param>
public sealed class RawDecoder(ImagingOptions options)
{
    /// <summary>What is read, for messages.</summary>
    public const string Names = "DNG, ARW, CR2, CR3, NEF and what else LibRaw opens";

    /// <summary>Gets the usual file extensions of RAW files, with their dots, lower case; the content decides.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".dng", ".arw", ".cr2", ".cr3", ".nef", ".orf", ".pef", ".raf", ".rw2"];

    /// <summary>Reads a RAW file.</summary>
    /// <param name="file">The whole file.</param>
    /// <returns>The mosaic; null if the file is not RAW.</returns>
    /// <exception cref="InvalidImageException">It is RAW, but damaged, cut off, too large, of an unknown camera or of a kind that is not read.</exception>
    /// <exception cref="PlatformNotSupportedException">LibRaw is not there.</exception>
    public RawMosaic? TryRead(ReadOnlySpan<byte> file)
    {
        var isRaw = RawSignature.IsRawOnly(file);
        if (!isRaw && !RawSignature.MayBeRaw(file))
            return null;
        if (file.Length > options.MaxFileSizeBytes)
        {
            throw new InvalidImageException(ImageFault.TooLarge, string.Create(
                CultureInfo.InvariantCulture,
                $"The RAW file has {file.Length:N0} bytes; at most {options.MaxFileSizeBytes:N0} are allowed ({ImagingOptions.SectionName}:{nameof(ImagingOptions.MaxFileSizeBytes)})."));
        }

        return LibRaw.Read(file, options.MaxPixelCount) ?? (isRaw
            ? throw new InvalidImageException(ImageFault.Unsupported, $"The file begins as RAW, but it is damaged or of a camera that LibRaw does not know; {Names} are read.")
            : null);
    }

    /// <summary>Develops a mosaic for a network that takes linear light.</summary>
    /// <param name="mosaic">The sensor's values.</param>
    /// <param name="gain">The digital gain, or null for that of <see cref="RawDeveloper.AutomaticGain"/>.</param>
    /// <returns>The upright picture at half the mosaic's resolution, linear camera colours; at most 1, noise may be below 0.</returns>
    public static PlanarImage Linear(RawMosaic mosaic, double? gain = null)
    {
        var linear = RawDeveloper.ToLinear(mosaic, gain ?? RawDeveloper.AutomaticGain(mosaic), mosaic.Metadata.WhiteBalance);
        RawDeveloper.ClipHighlights(linear);
        return Upright(linear, mosaic.Metadata.Orientation);
    }

    /// <summary>Develops a mosaic for the eye, and for networks that take sRGB.</summary>
    /// <param name="mosaic">The sensor's values.</param>
    /// <param name="gain">The digital gain, or null for that of <see cref="RawDeveloper.AutomaticGain"/>.</param>
    /// <returns>The upright picture at half the mosaic's resolution, sRGB, 16 bit.</returns>
    public static PlanarImage Rendered(RawMosaic mosaic, double? gain = null) =>
        RawDeveloper.Render(Linear(mosaic, gain), mosaic.Metadata.Matrix);

    /// <summary>Gets the size of the upright picture that a mosaic is developed to.</summary>
    public static (int Width, int Height) SizeOf(RawMosaic mosaic) =>
        OrientationMap.SizeOf(mosaic.Metadata.Orientation, mosaic.Width / 2, mosaic.Height / 2);

    private static PlanarImage Upright(PlanarImage picture, int orientation)
    {
        if (orientation == 1)
            return picture;
        var (width, height) = OrientationMap.SizeOf(orientation, picture.Width, picture.Height);
        var map = new OrientationMap(orientation, picture.Width, picture.Height);
        var upright = new PlanarImage(width, height, bitDepth: picture.BitDepth);
        for (var c = 0; c < picture.Channels; c++)
        {
            var target = upright.Plane(c);
            for (var y = 0; y < picture.Height; y++)
            {
                var row = picture.Row(c, y);
                var index = map.RowStart(y);
                for (var x = 0; x < row.Length; x++, index += map.StepX)
                    target[index] = row[x];
            }
        }

        return upright;
    }
}
