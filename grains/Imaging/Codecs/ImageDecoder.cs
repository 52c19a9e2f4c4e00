using System.Globalization;
using Darkroom.Imaging.Exif;
using Darkroom.Imaging.Headers;
using Darkroom.Imaging.Raw;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace Darkroom.Imaging.Codecs;

/// <summary>Decodes image files. Of an animation or a file of several pages, the first is read. Safe to use from several threads.</summary>
/// <param name="options">Limits, checked before anything is decoded.</param>
/// <remarks>RAW files are developed for the eye, with the automatic gain; <see cref="RawDecoder"/> gives more.</remarks>
public sealed class ImageDecoder(ImagingOptions options)
{
    private readonly RawDecoder raw = new(options);

    /// <summary>Reads what a file is without decoding it.</summary>
    /// <param name="file">The whole file.</param>
    /// <returns>The header, with width and height of the upright picture.</returns>
    /// <exception cref="InvalidImageException">The file would not be decoded.</exception>
    public ImageHeader Identify(ReadOnlySpan<byte> file)
    {
        if (raw.TryRead(file) is { } mosaic)
            return new ImageHeader(ImageFormat.Raw, RawDecoder.SizeOf(mosaic).Width, RawDecoder.SizeOf(mosaic).Height, 16, IsGrey: false, HasAlpha: false);
        var header = ReadHeader(file);
        ExifBlock? exif;
        try
        {
            exif = MetadataTransfer.ReadExif(file, header.Format, IdentifyAlike(file, header).Metadata);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            throw Undecodable(header, e);
        }

        var (width, height) = OrientationMap.SizeOf(exif?.Orientation ?? 1, header.Width, header.Height);
        return header with { Width = width, Height = height };
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <returns>The upright picture with its metadata. Depth, grey and alpha are those of the file; CMYK is converted to sRGB, floats to 16 bit.</returns>
    /// <exception cref="InvalidImageException">The file is no image, of an unknown kind, damaged, cut off or too large.</exception>
    public PlanarImage Decode(ReadOnlySpan<byte> file)
    {
        if (raw.TryRead(file) is { } mosaic)
            return RawDecoder.Rendered(mosaic);
        var header = ReadHeader(file);
        try
        {
            IdentifyAlike(file, header);
            if (header.Format == ImageFormat.Png)
                PngData.CheckComplete(file);
            return (header.BitDepth, header.IsGrey, header.HasAlpha) switch
            {
                (8, false, false) => Load<Rgb24, byte>(file, header),
                (8, false, true) => Load<Rgba32, byte>(file, header),
                (8, true, false) => Load<L8, byte>(file, header),
                (8, true, true) => Load<La16, byte>(file, header),
                (_, false, false) => Load<Rgb48, ushort>(file, header),
                (_, false, true) => Load<Rgba64, ushort>(file, header),
                (_, true, false) => Load<L16, ushort>(file, header),
                (_, true, true) => Load<La32, ushort>(file, header),
            };
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            throw Undecodable(header, e);
        }
    }

    /// <summary>Reads and decodes a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidImageException">As for <see cref="Decode"/>.</exception>
    /// <exception cref="IOException">The file cannot be read or does not exist.</exception>
    public async Task<PlanarImage> DecodeFileAsync(string path, CancellationToken cancellationToken)
    {
        CheckFileSize(new FileInfo(path).Length);
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return Decode(bytes);
    }

    private static PlanarImage Load<TPixel, TChannel>(ReadOnlySpan<byte> file, ImageHeader header)
        where TPixel : unmanaged, IPixel<TPixel>
        where TChannel : unmanaged
    {
        using var image = LoadInterleaved<TPixel>(file, header);
        var exif = MetadataTransfer.ReadExif(file, header.Format, image.Metadata);
        var picture = PixelTransfer.ToPlanar<TPixel, TChannel>(image, exif?.Orientation ?? 1, header.IsGrey, header.HasAlpha);
        picture.Metadata = MetadataTransfer.ToPicture(file, header.Format, image.Metadata, exif, header.IsGrey);
        return picture;
    }

    private static Image<TPixel> LoadInterleaved<TPixel>(ReadOnlySpan<byte> file, ImageHeader header)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        try
        {
            return Image.Load<TPixel>(new DecoderOptions { MaxFrames = 1 }, file);
        }
        catch (Exception e) when (IsOfDamage(e))
        {
            throw Undecodable(header, e);
        }
    }

    // The limit was checked on our reading of the header: the decoder, which allocates by its own, has to agree.
    private static ImageInfo IdentifyAlike(ReadOnlySpan<byte> file, ImageHeader header)
    {
        ImageInfo info;
        try
        {
            info = Image.Identify(file);
        }
        catch (Exception e) when (IsOfDamage(e))
        {
            throw Undecodable(header, e);
        }

        return info.Width == header.Width && info.Height == header.Height
            ? info
            : throw ImageHeader.Corrupt($"it states two sizes, {header.Width} x {header.Height} and {info.Width} x {info.Height} pixels");
    }

    private ImageHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        CheckFileSize(file.Length);
        return ImageHeader.Read(file, options.MaxPixelCount);
    }

    private void CheckFileSize(long sizeBytes)
    {
        if (sizeBytes > options.MaxFileSizeBytes)
            throw new InvalidImageException(ImageFault.TooLarge, string.Create(
                CultureInfo.InvariantCulture,
                $"The file has {sizeBytes:N0} bytes; at most {options.MaxFileSizeBytes:N0} are allowed ({ImagingOptions.SectionName}:{nameof(ImagingOptions.MaxFileSizeBytes)})."));
    }

    // ImageSharp reports kinds of TIFF that it does not read as not supported; a platform without its libraries is not the file's fault.
    private static bool IsOfTheFile(Exception e) => e is ImageFormatException or (NotSupportedException and not PlatformNotSupportedException);

    // Within a damaged file ImageSharp throws whatever it stumbles over; only for its own calls is that the file's fault.
    private static bool IsOfDamage(Exception e) => IsOfTheFile(e)
        || e is InvalidDataException or EndOfStreamException or ArithmeticException or IndexOutOfRangeException
            or NullReferenceException or ArgumentException or InvalidOperationException;

    private static InvalidImageException Undecodable(ImageHeader header, Exception e) =>
        new(e is NotSupportedException ? ImageFault.Unsupported : ImageFault.Corrupt, $"The file begins as {header.Format.ToString().ToUpperInvariant()} but cannot be decoded: {FirstLine(e.Message)}.", e);

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd('.', '\r', ' ');
}
