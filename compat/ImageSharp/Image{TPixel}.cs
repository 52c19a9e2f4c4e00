using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>Pixels in one managed array: the official type may split large images, so rows are the only portable access.</summary>
public sealed class Image<TPixel> : Image
    where TPixel : unmanaged, IPixel<TPixel>
{
    private TPixel[]? pixels;

    public Image(int width, int height)
        : this(new TPixel[checked(Positive(width) * Positive(height))], width, height, new ImageMetadata())
    {
    }

    internal Image(TPixel[] pixels, int width, int height, ImageMetadata metadata)
        : base(width, height, metadata) => this.pixels = pixels;

    internal Span<TPixel> Pixels => pixels ?? throw new ObjectDisposedException(nameof(Image<TPixel>));

    public void ProcessPixelRows(PixelAccessorAction<TPixel> processPixels)
    {
        ArgumentNullException.ThrowIfNull(processPixels);
        processPixels(new PixelAccessor<TPixel>(Pixels, Width, Height));
    }

    protected override void Dispose(bool disposing) => pixels = null;

    private protected override void Accept(Stream stream, IImageEncoder encoder) => encoder.Encode(this, stream);

    private static int Positive(int side) => side > 0 ? side : throw new ArgumentOutOfRangeException(nameof(side), side, "An image has at least one pixel.");
}
