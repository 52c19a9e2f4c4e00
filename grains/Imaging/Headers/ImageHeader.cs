using System.Globalization;

namespace Darkroom.Imaging.Headers;

/// <summary>What the head of a file says of its image, before any pixel is decoded.</summary>
/// <param name="Format">The file's format.</param>
/// <param name="Width">Width as stored (pixels), before the orientation is applied.</param>
/// <param name="Height">Height as stored (pixels), before the orientation is applied.</param>
/// <param name="BitDepth">8 or 16: the depth that holds the file's values.</param>
/// <param name="IsGrey">Whether the image has one channel beside alpha.</param>
/// <param name="HasAlpha">Whether the image has transparency.</param>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, int BitDepth, bool IsGrey, bool HasAlpha)
{
    /// <summary>Gets the number of pixels.</summary>
    public long PixelCount => (long)Width * Height;

    /// <summary>Reads the head of a file and walks its structure to the end.</summary>
    /// <remarks>Decoders differ in what they forgive: a file that ends early is refused here, whichever decoder follows.</remarks>
    /// <param name="file">The whole file.</param>
    /// <param name="maxPixelCount">Largest accepted image (pixels); see <see cref="ImagingOptions.MaxPixelCount"/>.</param>
    /// <exception cref="InvalidImageException">The bytes are no image, or none that is read, or too large, or end early.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file, int maxPixelCount)
    {
        if (file.IsEmpty)
            throw new InvalidImageException(ImageFault.NotAnImage, $"The file is empty; {ImageFormats.Names} are read.");

        return file switch
        {
            [0xFF, 0xD8, 0xFF, ..] => JpegHeader.Read(file, maxPixelCount),
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PngHeader.Read(file, maxPixelCount),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebpHeader.Read(file, maxPixelCount),
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => TiffHeader.Read(file, maxPixelCount),
            _ => throw Unknown(file),
        };
    }

    /// <summary>Refuses impossible and too large sizes as soon as the size is known, before the rest of the file is looked at.</summary>
    internal ImageHeader Within(int maxPixelCount)
    {
        if (Width < 1 || Height < 1)
            throw Corrupt($"the image is {Width} x {Height} pixels; it needs at least 1 x 1");
        return PixelCount <= maxPixelCount
            ? this
            : throw new InvalidImageException(ImageFault.TooLarge, string.Create(
                CultureInfo.InvariantCulture,
                $"The image has {PixelCount:N0} pixels ({Width} x {Height}); at most {maxPixelCount:N0} are allowed ({ImagingOptions.SectionName}:{nameof(ImagingOptions.MaxPixelCount)})."));
    }

    internal static InvalidImageException Truncated(string what) =>
        new(ImageFault.Truncated, $"The file is truncated: {what}. Only whole images are read; copy or upload it again.");

    internal static InvalidImageException Corrupt(string what) =>
        new(ImageFault.Corrupt, $"The file is corrupt: {what}.");

    internal static InvalidImageException Unsupported(string what, string allowed) =>
        new(ImageFault.Unsupported, $"The file is {what}, which is not read; {allowed}.");

    private static InvalidImageException Unknown(ReadOnlySpan<byte> file)
    {
        var known = file switch
        {
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "a GIF",
            [(byte)'B', (byte)'M', ..] => "a BMP",
            [(byte)'I', (byte)'I', 43, 0, ..] or [(byte)'M', (byte)'M', 0, 43, ..] => "a BigTIFF",
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "an HEIF, AVIF or video file",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "a PDF",
            _ => null,
        };
        return known is null
            ? new InvalidImageException(ImageFault.NotAnImage, $"The file is not an image that is known by its first bytes; {ImageFormats.Names} are read.")
            : Unsupported(known, $"{ImageFormats.Names} are");
    }
}
