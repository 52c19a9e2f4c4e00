using SixLabors.ImageSharp.Vips;

namespace SixLabors.ImageSharp.Formats.Jpeg;

public enum JpegEncodingColor : byte
{
    YCbCrRatio420 = 0,
    YCbCrRatio444 = 1,
    Luminance = 5,
}

public sealed class JpegEncoder : ImageEncoder
{
    private readonly int? quality;

    public int? Quality
    {
        get => quality;
        init => quality = value is null or (>= 1 and <= 100)
            ? value
            : throw new ArgumentException("Quality must be in [1..100].");
    }

    public JpegEncodingColor? ColorType { get; init; }

    protected override void Encode<TPixel>(Image<TPixel> image, Stream stream, CancellationToken cancellationToken)
    {
        var grey = (ColorType ?? (PixelLayout.Of<TPixel>().IsGrey ? JpegEncodingColor.Luminance : JpegEncodingColor.YCbCrRatio420)) == JpegEncodingColor.Luminance;
        var subsample = ColorType == JpegEncodingColor.YCbCrRatio444 ? "off" : "on";
        VipsEncoder.Save(image, new PixelLayout(grey ? 1 : 3, VipsImage.FormatByte), SkipMetadata, "jpegsave_buffer",
            operation => operation.Set("Q", Quality ?? 75).Set("subsample-mode", subsample).Set("optimize-coding", true), stream);
    }
}
