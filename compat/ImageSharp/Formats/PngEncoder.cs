using SixLabors.ImageSharp.Vips;

namespace SixLabors.ImageSharp.Formats.Png;

public enum PngBitDepth : byte
{
    Bit8 = 8,
    Bit16 = 16,
}

public enum PngColorType : byte
{
    Grayscale = 0,
    Rgb = 2,
    GrayscaleWithAlpha = 4,
    RgbWithAlpha = 6,
}

public enum PngCompressionLevel
{
    NoCompression = 0,
    BestSpeed = 1,
    DefaultCompression = 6,
    BestCompression = 9,
}

public enum PngFilterMethod
{
    None = 0,
    Sub = 1,
    Up = 2,
    Average = 3,
    Paeth = 4,
    Adaptive = 5,
}

public class PngEncoder : QuantizingImageEncoder
{
    // Names of libvips' filter flags, in the order of PngFilterMethod.
    private static readonly string[] Filters = ["none", "sub", "up", "avg", "paeth", "all"];

    public PngBitDepth? BitDepth { get; init; }

    public PngColorType? ColorType { get; init; }

    public PngCompressionLevel CompressionLevel { get; init; } = PngCompressionLevel.DefaultCompression;

    public PngFilterMethod? FilterMethod { get; init; }

    protected override void Encode<TPixel>(Image<TPixel> image, Stream stream, CancellationToken cancellationToken)
    {
        var source = PixelLayout.Of<TPixel>();
        var channels = ColorType switch
        {
            null => source.Channels,
            PngColorType.Grayscale => 1,
            PngColorType.GrayscaleWithAlpha => 2,
            PngColorType.Rgb => 3,
            _ => 4,
        };
        var format = BitDepth switch
        {
            null => source.BandFormat,
            PngBitDepth.Bit16 => VipsImage.FormatUInt16,
            _ => VipsImage.FormatByte,
        };
        VipsEncoder.Save(image, new PixelLayout(channels, format), SkipMetadata, "pngsave_buffer",
            operation => operation.Set("compression", (int)CompressionLevel).Set("filter", Filters[(int)(FilterMethod ?? PngFilterMethod.Adaptive)]), stream);
    }
}
