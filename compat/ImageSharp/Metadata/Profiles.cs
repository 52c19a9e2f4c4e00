namespace SixLabors.ImageSharp.Metadata.Profiles.Exif
{
    /// <summary>The EXIF block, from its TIFF header on (the marker of the JPEG segment is not part of it).</summary>
    public sealed class ExifProfile(byte[]? data)
    {
        public byte[]? ToByteArray() => data;
    }
}

namespace SixLabors.ImageSharp.Metadata.Profiles.Icc
{
    public sealed class IccProfile(byte[] data)
    {
        public byte[] ToByteArray() => data;
    }
}

namespace SixLabors.ImageSharp.Metadata.Profiles.Xmp
{
    public sealed class XmpProfile(byte[]? data)
    {
        public byte[]? ToByteArray() => data;
    }
}
