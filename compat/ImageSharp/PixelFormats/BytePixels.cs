using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

[StructLayout(LayoutKind.Sequential)]
public record struct L8 : IPixel<L8>
{
    public L8(byte luminance) => PackedValue = luminance;

    public byte PackedValue { get; set; }
}

[StructLayout(LayoutKind.Sequential)]
public record struct La16 : IPixel<La16>
{
    public byte L;
    public byte A;

    public La16(byte l, byte a) => (L, A) = (l, a);
}

[StructLayout(LayoutKind.Sequential)]
public record struct Rgb24 : IPixel<Rgb24>
{
    public byte R;
    public byte G;
    public byte B;

    public Rgb24(byte r, byte g, byte b) => (R, G, B) = (r, g, b);
}

[StructLayout(LayoutKind.Sequential)]
public record struct Rgba32 : IPixel<Rgba32>
{
    public byte R;
    public byte G;
    public byte B;
    public byte A;

    public Rgba32(byte r, byte g, byte b, byte a) => (R, G, B, A) = (r, g, b, a);
}
