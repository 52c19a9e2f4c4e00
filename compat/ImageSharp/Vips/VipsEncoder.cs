using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Vips;

/// <summary>Writes an image with a libvips saver.</summary>
internal static unsafe class VipsEncoder
{
    internal static void Save<TPixel>(Image<TPixel> image, PixelLayout layout, bool skipMetadata, string saver, Action<VipsOperation> configure, Stream stream)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        VipsLibrary.EnsureStarted();
        var source = PixelLayout.Of<TPixel>();
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<TPixel>(image.Pixels);
        if (layout != source)
        {
            var converted = GC.AllocateUninitializedArray<byte>(checked(image.Width * image.Height * layout.BytesPerPixel));
            PixelLayout.Convert(bytes, source, converted, layout);
            bytes = converted;
        }

        fixed (byte* data = bytes)
        {
            using var memory = new VipsImage(NativeMethods.vips_image_new_from_memory(
                data, (nuint)bytes.Length, image.Width, image.Height, layout.Channels, layout.BandFormat));
            using var tagging = new VipsOperation("copy").SetImage("in", memory).Set("interpretation", InterpretationOf(layout)).Build();
            using var tagged = tagging.GetImage("out");
            if (!skipMetadata)
                tagged.WriteMetadata(image.Metadata);

            // libvips would make up an EXIF block of its own where there is none.
            var strip = skipMetadata || image.Metadata is { ExifProfile: null, IccProfile: null, XmpProfile: null };
            using var operation = new VipsOperation(saver).SetImage("in", tagged).Set("strip", strip);
            configure(operation);
            operation.Build().WriteBlob("buffer", stream);
        }
    }

    private static string InterpretationOf(PixelLayout layout) => (layout.IsGrey, layout.BandFormat) switch
    {
        (true, VipsImage.FormatByte) => "b-w",
        (true, _) => "grey16",
        (false, VipsImage.FormatByte) => "srgb",
        (false, _) => "rgb16",
    };
}
