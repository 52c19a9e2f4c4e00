using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Vips;

/// <summary>Reads an image from memory with the libvips loader of its format.</summary>
internal static unsafe class VipsDecoder
{
    private const string TiffLoader = "tiffload_buffer";

    internal static ImageInfo Identify(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            using var image = Open(bytes, data);
            return new ImageInfo(image.Width, image.Height, image.ReadMetadata());
        }
    }

    internal static Image<TPixel> Load<TPixel>(DecoderOptions options, ReadOnlySpan<byte> bytes)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        fixed (byte* data = bytes)
        {
            using var opened = Open(bytes, data);
            if (opened.Bands == 2 && LoaderOf(bytes) == TiffLoader)
                throw new NotSupportedException("The number of samples in the TIFF BitsPerSample entry is not supported.");
            var metadata = options.SkipMetadata ? new() : opened.ReadMetadata();
            using var converted = opened.IsOtherColourSpace ? ToSrgb(opened) : null;
            var source = converted ?? opened;
            var from = LayoutOf(source);
            var to = PixelLayout.Of<TPixel>();

            var pixels = GC.AllocateUninitializedArray<TPixel>(checked(source.Width * source.Height));
            var width = source.Width;
            source.ReadRows(width * from.BytesPerPixel, (y, rows) =>
                PixelLayout.Convert(rows, from, MemoryMarshal.AsBytes(pixels.AsSpan(y * width))[..(rows.Length / from.BytesPerPixel * to.BytesPerPixel)], to));
            return new Image<TPixel>(pixels, source.Width, source.Height, metadata);
        }
    }

    private static VipsImage Open(ReadOnlySpan<byte> bytes, byte* data)
    {
        // As ImageSharp does, which reads a span through a stream on its first byte.
        ArgumentNullException.ThrowIfNull(data, "pointer");
        var loader = LoaderOf(bytes) ?? throw new UnknownImageFormatException(
            "Image cannot be loaded. This subset of ImageSharp reads JPEG, PNG, WebP and TIFF.");
        using var operation = new VipsOperation(loader)
            .SetBlob("buffer", data, bytes.Length)
            .Set("access", "sequential")
            .Set("fail-on", "truncated")
            .Build();
        return operation.GetImage("out");
    }

    // By the first bytes, not by libvips' own search: that would also try its loaders for scripts and documents.
    private static string? LoaderOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "jpegload_buffer",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "pngload_buffer",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "webpload_buffer",
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => TiffLoader,
        _ => null,
    };

    // CMYK and the like; an embedded profile is obeyed, else libvips' built-in CMYK profile is used.
    private static VipsImage ToSrgb(VipsImage image)
    {
        using var operation = new VipsOperation("colourspace").SetImage("in", image).Set("space", "srgb").Build();
        return operation.GetImage("out");
    }

    private static PixelLayout LayoutOf(VipsImage image)
    {
        if (image.Bands is < 1 or > 4)
            throw new InvalidImageContentException($"The image has {image.Bands} channels; 1 to 4 can be read.");
        return image.Format is VipsImage.FormatByte or VipsImage.FormatUInt16 or VipsImage.FormatSingle
            ? new PixelLayout(image.Bands, image.Format)
            : throw new InvalidImageContentException("The image's channels are neither 8 nor 16 bit unsigned integers nor 32 bit floats.");
    }
}
