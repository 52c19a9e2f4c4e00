using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

[StructLayout(LayoutKind.Sequential)]
public record struct L16 : IPixel<L16>
{
    public L16(ushort luminance) => PackedValue = luminance;

    public ushort PackedValue { get; set; }
}

[StructLayout(LayoutKind.Sequential)]
public record struct La32 : IPixel<La32>
{
    public ushort L;
    public ushort A;

    public La32(ushort l, ushort a) => (L, A) = (l, a);
}

[StructLayout(LayoutKind.Sequential)]
public record struct Rgb48 : IPixel<Rgb48>
{
    public ushort R;
    public ushort G;
    public ushort B;

    public Rgb48(ushort r, ushort g, ushort b) => (R, G, B) = (r, g, b);
}

[StructLayout(LayoutKind.Sequential)]
public record struct Rgba64 : IPixel<Rgba64>
{
    public ushort R;
    public ushort G;
    public ushort B;
    public ushort A;

    public Rgba64(ushort r, ushort g, ushort b, ushort a) => (R, G, B, A) = (r, g, b, a);
}
