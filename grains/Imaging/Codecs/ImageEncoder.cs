using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace Darkroom.Imaging.Codecs;

/// <summary>Writes pictures as files, with their colour profile, EXIF and XMP.</summary>
public static class ImageEncoder
{
    private const int FullColourJpegQuality = 90;

    /// <summary>Encodes a picture.</summary>
    /// <param name="picture">The picture; values outside 0..1 are clamped. JPEG has no alpha: the picture is laid on white.</param>
    /// <param name="format">The file format.</param>
    /// <param name="settings">Depth, quality and texts; null for the defaults.</param>
    /// <returns>The file.</returns>
    public static byte[] Encode(PlanarImage picture, ImageFormat format, EncodeSettings? settings = null)
    {
        // A stream that grows by doubling would leave two more files' worth of large arrays to the garbage collector.
        var isCompressed = format != ImageFormat.Png || settings?.PngCompression != PngCompression.None;
        using var stream = new MemoryStream(isCompressed ? 0 : UncompressedBytes(picture, settings!));
        Encode(picture, format, stream, settings);
        return stream.ToArray();
    }

    /// <summary>Encodes a picture to a stream.</summary>
    /// <param name="picture">The picture; values outside 0..1 are clamped. JPEG has no alpha: the picture is laid on white.</param>
    /// <param name="format">The file format.</param>
    /// <param name="destination">Receives the file.</param>
    /// <param name="settings">Depth, quality and texts; null for the defaults.</param>
    public static void Encode(PlanarImage picture, ImageFormat format, Stream destination, EncodeSettings? settings = null)
    {
        settings ??= EncodeSettings.Default;
        switch (format)
        {
            case ImageFormat.Jpeg:
                EncodeJpeg(AlphaComposite.OnWhite(picture), destination, settings);
                break;
            case ImageFormat.Png:
                EncodePng(picture, destination, settings);
                break;
            case ImageFormat.Webp:
                EncodeWebp(picture, destination, settings);
                break;
            case ImageFormat.Tiff:
                TiffWriter.Write(picture, destination, settings);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, null);
        }
    }

    /// <summary>Writes a picture to a file of the format of its extension. The file appears whole or not at all.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">The file's path; a file of that name is replaced.</param>
    /// <param name="settings">Depth, quality and texts; null for the defaults.</param>
    /// <exception cref="ArgumentException">The extension is none of an image format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void EncodeFile(PlanarImage picture, string path, EncodeSettings? settings = null)
    {
        var format = ImageFormats.FromPath(path);
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var stream = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                Encode(picture, format, stream, settings);
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    // Pixels and the filter's byte of each row, with room for what Deflate's blocks and PNG's chunks add.
    private static int UncompressedBytes(PlanarImage picture, EncodeSettings settings)
    {
        var samples = (long)picture.Width * (picture.Channels + (picture.Alpha is null ? 0 : 1));
        var bytes = ((samples * (settings.BitDepth ?? picture.BitDepth) / 8) + 1) * picture.Height;
        return (int)Math.Min(bytes + (bytes / 256) + 4096, Array.MaxLength);
    }

    private static void EncodeJpeg(PlanarImage picture, Stream destination, EncodeSettings settings)
    {
        var colour = picture.IsGrey ? JpegEncodingColor.Luminance
            : settings.JpegQuality >= FullColourJpegQuality ? JpegEncodingColor.YCbCrRatio444 : JpegEncodingColor.YCbCrRatio420;
        var encoder = new JpegEncoder { Quality = settings.JpegQuality, ColorType = colour };
        if (picture.IsGrey)
            Save<L8, byte>(picture, false, encoder, destination, settings, isGreyFile: true);
        else
            Save<Rgb24, byte>(picture, false, encoder, destination, settings, isGreyFile: false);
    }

    private static void EncodePng(PlanarImage picture, Stream destination, EncodeSettings settings)
    {
        var hasAlpha = picture.Alpha is not null;
        var depth = settings.BitDepth ?? picture.BitDepth;
        var encoder = new PngEncoder
        {
            BitDepth = depth == 16 ? PngBitDepth.Bit16 : PngBitDepth.Bit8,
            ColorType = (picture.IsGrey, hasAlpha) switch
            {
                (true, false) => PngColorType.Grayscale,
                (true, true) => PngColorType.GrayscaleWithAlpha,
                (false, false) => PngColorType.Rgb,
                (false, true) => PngColorType.RgbWithAlpha,
            },
            CompressionLevel = settings.PngCompression switch
            {
                PngCompression.None => PngCompressionLevel.NoCompression,
                PngCompression.Fast => PngCompressionLevel.BestSpeed,
                PngCompression.Smallest => PngCompressionLevel.BestCompression,
                _ => PngCompressionLevel.DefaultCompression,
            },
            FilterMethod = settings.PngCompression switch
            {
                PngCompression.None => PngFilterMethod.None,
                PngCompression.Fast => PngFilterMethod.Up,
                _ => PngFilterMethod.Adaptive,
            },
        };
        Action<PlanarImage, bool, IImageEncoder, Stream, EncodeSettings, bool> save = (depth, picture.IsGrey, hasAlpha) switch
        {
            (8, true, false) => Save<L8, byte>,
            (8, true, true) => Save<La16, byte>,
            (8, false, false) => Save<Rgb24, byte>,
            (8, false, true) => Save<Rgba32, byte>,
            (_, true, false) => Save<L16, ushort>,
            (_, true, true) => Save<La32, ushort>,
            (_, false, false) => Save<Rgb48, ushort>,
            (_, false, true) => Save<Rgba64, ushort>,
        };
        save(picture, hasAlpha, encoder, destination, settings, picture.IsGrey);
    }

    private static void EncodeWebp(PlanarImage picture, Stream destination, EncodeSettings settings)
    {
        var hasAlpha = picture.Alpha is not null;
        var encoder = new WebpEncoder
        {
            Quality = settings.WebpQuality,
            FileFormat = settings.IsWebpLossless ? WebpFileFormatType.Lossless : WebpFileFormatType.Lossy,
        };
        Action<PlanarImage, bool, IImageEncoder, Stream, EncodeSettings, bool> save = (picture.IsGrey, hasAlpha) switch
        {
            (true, false) => Save<L8, byte>,
            (true, true) => Save<La16, byte>,
            (false, false) => Save<Rgb24, byte>,
            (false, true) => Save<Rgba32, byte>,
        };
        save(picture, hasAlpha, encoder, destination, settings, false);
    }

    private static void Save<TPixel, TChannel>(
        PlanarImage picture, bool withAlpha, IImageEncoder encoder, Stream destination, EncodeSettings settings, bool isGreyFile)
        where TPixel : unmanaged, IPixel<TPixel>
        where TChannel : unmanaged
    {
        using var image = PixelTransfer.ToInterleaved<TPixel, TChannel>(picture, withAlpha);
        MetadataTransfer.Apply(picture.Metadata, settings, isGreyFile, image.Metadata);
        image.Save(destination, encoder);
    }
}
