namespace Darkroom.Imaging;

/// <summary>What a picture carries beside its pixels, as raw blocks. The orientation is applied to the pixels and is 1 here.</summary>
/// <param name="Icc">ICC colour profile, or null. The pixels are handed on as they are, so the result keeps its meaning with the profile.</param>
/// <param name="Exif">EXIF block from its TIFF header on, without thumbnail, or null.</param>
/// <param name="Xmp">XMP packet, UTF-8, or null.</param>
public sealed record PictureMetadata(byte[]? Icc = null, byte[]? Exif = null, byte[]? Xmp = null)
{
    /// <summary>Gets the metadata of a picture that carries none.</summary>
    public static PictureMetadata None { get; } = new();
}
