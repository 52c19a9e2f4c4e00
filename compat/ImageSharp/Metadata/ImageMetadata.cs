using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.Metadata.Profiles.Icc;
using SixLabors.ImageSharp.Metadata.Profiles.Xmp;

namespace SixLabors.ImageSharp.Metadata;

public sealed class ImageMetadata
{
    public ExifProfile? ExifProfile { get; set; }

    public IccProfile? IccProfile { get; set; }

    public XmpProfile? XmpProfile { get; set; }
}
