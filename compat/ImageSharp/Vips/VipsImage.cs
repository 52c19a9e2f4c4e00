using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.Metadata.Profiles.Icc;
using SixLabors.ImageSharp.Metadata.Profiles.Xmp;

namespace SixLabors.ImageSharp.Vips;

/// <summary>A reference to a libvips image: a recipe that is evaluated strip by strip when rows are read.</summary>
internal sealed unsafe class VipsImage(IntPtr handle) : IDisposable
{
    // Values of VipsBandFormat and VipsInterpretation.
    internal const int FormatByte = 0, FormatUInt16 = 2, FormatSingle = 6;
    internal const int InterpretationCmyk = 15;

    // XYZ, Lab, CMYK, LabQ, CMC, LCh, LabS, Yxy and HSV: everything that is neither grey nor RGB.
    private static readonly int[] OtherColourSpaces = [12, 13, InterpretationCmyk, 16, 18, 19, 21, 23, 29];

    private static ReadOnlySpan<byte> ExifMarker => "Exif\0\0"u8;

    internal IntPtr Handle => handle;

    internal int Width => NativeMethods.vips_image_get_width(handle);

    internal int Height => NativeMethods.vips_image_get_height(handle);

    internal int Bands => NativeMethods.vips_image_get_bands(handle);

    internal int Format => NativeMethods.vips_image_get_format(handle);

    internal bool IsOtherColourSpace => OtherColourSpaces.Contains(NativeMethods.vips_image_get_interpretation(handle));

    /// <summary>Reads rows, top to bottom, into <paramref name="consume"/> (first row, bytes of some whole rows).</summary>
    internal void ReadRows(int bytesPerRow, RowConsumer consume)
    {
        const int stripBytes = 1 << 20;
        var stripHeight = Math.Clamp(stripBytes / Math.Max(bytesPerRow, 1), 1, Height);
        var region = NativeMethods.vips_region_new(handle);
        try
        {
            for (var y = 0; y < Height; y += stripHeight)
            {
                var rows = Math.Min(stripHeight, Height - y);
                var data = NativeMethods.vips_region_fetch(region, 0, y, Width, rows, out var length);
                if (data == null)
                    throw new InvalidImageContentException(VipsLibrary.TakeError());
                try
                {
                    consume(y, new ReadOnlySpan<byte>(data, checked((int)length)));
                }
                finally
                {
                    NativeMethods.g_free(data);
                }
            }
        }
        finally
        {
            NativeMethods.g_object_unref(region);
        }
    }

    internal ImageMetadata ReadMetadata()
    {
        var exif = GetBlob("exif-data");
        if (exif.AsSpan().StartsWith(ExifMarker))
            exif = exif![ExifMarker.Length..];
        var icc = GetBlob("icc-profile-data");
        var xmp = GetBlob("xmp-data");
        return new ImageMetadata
        {
            ExifProfile = exif is { Length: > 0 } ? new ExifProfile(exif) : null,
            IccProfile = icc is { Length: > 0 } ? new IccProfile(icc) : null,
            XmpProfile = xmp is { Length: > 0 } ? new XmpProfile(xmp) : null,
        };
    }

    internal void WriteMetadata(ImageMetadata metadata)
    {
        // libexif, which libvips writes EXIF with, wants the marker of the JPEG segment before the block in every format.
        if (metadata.ExifProfile?.ToByteArray() is { Length: > 0 } exif)
            SetBlob("exif-data", [.. ExifMarker, .. exif]);
        if (metadata.IccProfile?.ToByteArray() is { Length: > 0 } icc)
            SetBlob("icc-profile-data", icc);
        if (metadata.XmpProfile?.ToByteArray() is { Length: > 0 } xmp)
            SetBlob("xmp-data", xmp);
    }

    public void Dispose() => NativeMethods.g_object_unref(handle);

    private byte[]? GetBlob(string name)
    {
        if (NativeMethods.vips_image_get_typeof(handle, name) == 0)
            return null;
        return NativeMethods.vips_image_get_blob(handle, name, out var data, out var length) == 0
            ? new ReadOnlySpan<byte>(data, checked((int)length)).ToArray()
            : throw new InvalidImageContentException(VipsLibrary.TakeError());
    }

    private void SetBlob(string name, byte[] bytes)
    {
        fixed (byte* data = bytes)
            NativeMethods.vips_image_set_blob_copy(handle, name, data, (nuint)bytes.Length);
    }

    internal delegate void RowConsumer(int y, ReadOnlySpan<byte> rows);
}
