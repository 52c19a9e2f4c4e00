using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Vips;

namespace SixLabors.ImageSharp;

public abstract class Image : IDisposable
{
    private protected Image(int width, int height, ImageMetadata metadata) => (Width, Height, Metadata) = (width, height, metadata);

    public int Width { get; }

    public int Height { get; }

    public ImageMetadata Metadata { get; }

    public static ImageInfo Identify(ReadOnlySpan<byte> buffer) => VipsDecoder.Identify(buffer);

    public static Image<TPixel> Load<TPixel>(DecoderOptions options, ReadOnlySpan<byte> data)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(options);
        return VipsDecoder.Load<TPixel>(options, data);
    }

    public void Save(Stream stream, IImageEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(encoder);
        Accept(stream, encoder);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    private protected abstract void Accept(Stream stream, IImageEncoder encoder);
}
