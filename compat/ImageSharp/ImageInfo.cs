using SixLabors.ImageSharp.Metadata;

namespace SixLabors.ImageSharp;

public class ImageInfo
{
    internal ImageInfo(int width, int height, ImageMetadata metadata) => (Width, Height, Metadata) = (width, height, metadata);

    public int Width { get; }

    public int Height { get; }

    public ImageMetadata Metadata { get; }
}
