using System.Text;
using System.Text.RegularExpressions;
using Darkroom.Imaging.Exif;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.Metadata.Profiles.Icc;
using SixLabors.ImageSharp.Metadata.Profiles.Xmp;

namespace Darkroom.Imaging.Codecs;

/// <summary>Moves EXIF, ICC and XMP between files and pictures.</summary>
internal static partial class MetadataTransfer
{
    private const int IccColourSpaceAt = 16, IccHeaderLength = 128;

    /// <summary>Reads the EXIF tags of a file: a TIFF has them in its own directory, the others in a block.</summary>
    internal static ExifBlock? ReadExif(ReadOnlySpan<byte> file, ImageFormat format, ImageMetadata metadata)
    {
        if (format == ImageFormat.Tiff)
            return TiffDirectoryReader.TryOpen(file, out var reader) && reader.ReadMain() is { } main ? ExifBlock.FromTiff(reader, main) : null;
        return metadata.ExifProfile?.ToByteArray() is { Length: > 0 } bytes ? ExifBlock.Parse(bytes) : null;
    }

    /// <summary>Makes a picture's metadata: upright, and with a colour profile only if it is one of the pixels' kind.</summary>
    internal static PictureMetadata ToPicture(ReadOnlySpan<byte> file, ImageFormat format, ImageMetadata metadata, ExifBlock? exif, bool isGrey)
    {
        var icc = metadata.IccProfile?.ToByteArray();
        var xmp = metadata.XmpProfile?.ToByteArray();
        if (format == ImageFormat.Tiff && TiffDirectoryReader.TryOpen(file, out var reader) && reader.ReadMain() is { } main)
        {
            icc ??= main.GetValueOrDefault(ExifTags.IccProfile)?.Value;
            xmp ??= main.GetValueOrDefault(ExifTags.Xmp)?.Value;
        }

        exif?.SetOrientation(1);
        return new PictureMetadata(
            FitsChannels(icc, isGrey) ? icc : null,
            exif is { Main.Count: > 1 } or { Exif.Count: > 0 } or { Gps.Count: > 0 } ? exif.ToBytes() : null,
            xmp is { Length: > 0 } ? WithUprightOrientation(xmp) : null);
    }

    /// <summary>Makes ImageSharp's metadata.</summary>
    internal static void Apply(PictureMetadata metadata, EncodeSettings settings, bool isGrey, ImageMetadata target)
    {
        if (FitsChannels(metadata.Icc, isGrey))
            target.IccProfile = new IccProfile(metadata.Icc!);
        if (WithTexts(metadata.Exif, settings) is { } exif)
            target.ExifProfile = new ExifProfile(exif.ToBytes());
        if (metadata.Xmp is { } xmp)
            target.XmpProfile = new XmpProfile(xmp);
    }

    /// <summary>Adds the settings' texts to a picture's EXIF tags.</summary>
    /// <returns>The tags, or null if there are none.</returns>
    internal static ExifBlock? WithTexts(byte[]? bytes, EncodeSettings settings)
    {
        var exif = bytes is null ? null : ExifBlock.Parse(bytes);
        if (settings.Software is { Length: > 0 } software)
            (exif ??= new ExifBlock()).SetText(ExifTags.Software, software);
        if (settings.Description is { Length: > 0 } description)
            (exif ??= new ExifBlock()).SetText(ExifTags.ImageDescription, description);
        return exif;
    }

    /// <summary>Tells whether a profile describes pixels of this kind: after CMYK was converted, its profile would be wrong.</summary>
    internal static bool FitsChannels(byte[]? icc, bool isGrey) =>
        icc is { Length: >= IccHeaderLength } && icc.AsSpan(IccColourSpaceAt, 4).SequenceEqual(isGrey ? "GRAY"u8 : "RGB "u8);

    // Readers that prefer XMP to EXIF would turn the picture a second time. The digit is replaced in place.
    private static byte[] WithUprightOrientation(byte[] xmp)
    {
        var text = Encoding.Latin1.GetString(xmp);   // one character a byte, so that other bytes stay as they are
        return Encoding.Latin1.GetBytes(XmpOrientation().Replace(text, "${name}1"));
    }

    [GeneratedRegex("(?<name>tiff:Orientation(=[\"']|>))[2-8]", RegexOptions.CultureInvariant)]
    private static partial Regex XmpOrientation();
}
