namespace Darkroom.Imaging;

/// <summary>The file formats that are read and written.</summary>
public enum ImageFormat
{
    /// <summary>JPEG: 8 bit, grey or colour, no alpha.</summary>
    Jpeg,

    /// <summary>PNG: 8 or 16 bit, grey or colour, with or without alpha.</summary>
    Png,

    /// <summary>WebP: 8 bit colour, with or without alpha.</summary>
    Webp,

    /// <summary>TIFF: 8 or 16 bit, grey or colour, with or without alpha.</summary>
    Tiff,

    /// <summary>A camera's RAW file: a Bayer mosaic, developed to 16 bit colour. It is read, never written.</summary>
    Raw,
}

/// <summary>Finds formats by file name and media type.</summary>
public static class ImageFormats
{
    /// <summary>The formats, for messages.</summary>
    public const string Names = "JPEG, PNG, WebP, TIFF and RAW";

    /// <summary>Gets the file extensions that are understood, with their dots, lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"];

    /// <summary>Finds the format of a file by its extension.</summary>
    /// <exception cref="ArgumentException">The extension is none of <see cref="Extensions"/>.</exception>
    public static ImageFormat FromPath(string path) => TryFromPath(path, out var format)
        ? format
        : throw new ArgumentException(
            $"'{Path.GetFileName(path)}' has no extension of an image format; allowed are {string.Join(", ", Extensions)}.", nameof(path));

    /// <summary>Finds the format of a file by its extension.</summary>
    /// <returns>Whether the extension is one of <see cref="Extensions"/>.</returns>
    public static bool TryFromPath(string path, out ImageFormat format)
    {
        ImageFormat? found = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".JPG" or ".JPEG" => ImageFormat.Jpeg,
            ".PNG" => ImageFormat.Png,
            ".WEBP" => ImageFormat.Webp,
            ".TIF" or ".TIFF" => ImageFormat.Tiff,
            _ => null,
        };
        format = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>Gets the extension written for a format, with its dot.</summary>
    public static string ExtensionOf(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => ".jpg",
        ImageFormat.Png => ".png",
        ImageFormat.Webp => ".webp",
        ImageFormat.Tiff or ImageFormat.Raw => ".tiff",                         // what a RAW file was developed to
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>Gets the media type of a format, such as <c>image/png</c>.</summary>
    public static string MediaTypeOf(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Png => "image/png",
        ImageFormat.Webp => "image/webp",
        ImageFormat.Tiff => "image/tiff",
        ImageFormat.Raw => "image/x-dcraw",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
