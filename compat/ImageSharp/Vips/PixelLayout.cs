using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Vips;

/// <summary>How a pixel lies in memory: interleaved channels of equal type.</summary>
/// <param name="Channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.</param>
/// <param name="BandFormat">libvips' channel type: byte, ushort or float.</param>
internal readonly record struct PixelLayout(int Channels, int BandFormat)
{
    internal bool IsGrey => Channels <= 2;

    internal bool HasAlpha => Channels is 2 or 4;

    internal int BytesPerPixel => Channels * BandFormat switch
    {
        VipsImage.FormatByte => 1,
        VipsImage.FormatUInt16 => 2,
        _ => 4,
    };

    internal static PixelLayout Of<TPixel>() where TPixel : unmanaged, IPixel<TPixel> => default(TPixel) switch
    {
        L8 => new PixelLayout(1, VipsImage.FormatByte),
        La16 => new PixelLayout(2, VipsImage.FormatByte),
        Rgb24 => new PixelLayout(3, VipsImage.FormatByte),
        Rgba32 => new PixelLayout(4, VipsImage.FormatByte),
        L16 => new PixelLayout(1, VipsImage.FormatUInt16),
        La32 => new PixelLayout(2, VipsImage.FormatUInt16),
        Rgb48 => new PixelLayout(3, VipsImage.FormatUInt16),
        Rgba64 => new PixelLayout(4, VipsImage.FormatUInt16),
        _ => throw new NotSupportedException($"{typeof(TPixel).Name} is not a pixel type of this subset of ImageSharp."),
    };

    /// <summary>Converts whole pixels between layouts: 8 to 16 bit by 257, back by rounding; grey by ITU-R BT.709; missing alpha is opaque.</summary>
    internal static void Convert(ReadOnlySpan<byte> source, PixelLayout from, Span<byte> destination, PixelLayout to)
    {
        if (from == to)
        {
            source.CopyTo(destination);
            return;
        }

        var pixels = source.Length / from.BytesPerPixel;
        Span<ushort> pixel = stackalloc ushort[4];
        for (var i = 0; i < pixels; i++)
        {
            from.Read(source.Slice(i * from.BytesPerPixel, from.BytesPerPixel), pixel);
            to.Write(pixel, destination.Slice(i * to.BytesPerPixel, to.BytesPerPixel));
        }
    }

    private void Read(ReadOnlySpan<byte> bytes, Span<ushort> rgba)
    {
        rgba[3] = ushort.MaxValue;
        for (var c = 0; c < Channels; c++)
        {
            var value = BandFormat switch
            {
                VipsImage.FormatByte => (ushort)(bytes[c] * 257),
                VipsImage.FormatUInt16 => MemoryMarshal.Cast<byte, ushort>(bytes)[c],
                _ => FromSingle(MemoryMarshal.Cast<byte, float>(bytes)[c]),
            };
            rgba[HasAlpha && c == Channels - 1 ? 3 : c] = value;
        }

        if (IsGrey)
            rgba[1] = rgba[2] = rgba[0];
    }

    private void Write(ReadOnlySpan<ushort> rgba, Span<byte> bytes)
    {
        for (var c = 0; c < Channels; c++)
        {
            var value = HasAlpha && c == Channels - 1 ? rgba[3] : IsGrey ? Luminance(rgba) : rgba[c];
            if (BandFormat == VipsImage.FormatByte)
                bytes[c] = (byte)((value + 128) / 257);
            else
                MemoryMarshal.Cast<byte, ushort>(bytes)[c] = value;
        }
    }

    private static ushort Luminance(ReadOnlySpan<ushort> rgba) => rgba[0] == rgba[1] && rgba[1] == rgba[2]
        ? rgba[0]
        : (ushort)((0.2126f * rgba[0]) + (0.7152f * rgba[1]) + (0.0722f * rgba[2]) + 0.5f);

    // NaN becomes 0: Math.Clamp would hand it through.
    private static ushort FromSingle(float value) => (ushort)((value > 0 ? Math.Min(value, 1f) : 0f) * ushort.MaxValue + 0.5f);
}
