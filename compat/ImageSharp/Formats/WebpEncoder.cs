using SixLabors.ImageSharp.Vips;

namespace SixLabors.ImageSharp.Formats.Webp;

public enum WebpFileFormatType
{
    Lossless = 0,
    Lossy = 1,
}

public sealed class WebpEncoder : ImageEncoder
{
    public WebpFileFormatType? FileFormat { get; init; }

    public int Quality { get; init; } = 75;

    protected override void Encode<TPixel>(Image<TPixel> image, Stream stream, CancellationToken cancellationToken)
    {
        var channels = PixelLayout.Of<TPixel>().HasAlpha ? 4 : 3;
        VipsEncoder.Save(image, new PixelLayout(channels, VipsImage.FormatByte), SkipMetadata, "webpsave_buffer",
            operation => operation.Set("Q", Quality).Set("lossless", FileFormat == WebpFileFormatType.Lossless), stream);
    }
}
