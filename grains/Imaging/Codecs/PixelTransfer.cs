using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Darkroom.Imaging.Codecs;

/// <summary>Moves pixels between ImageSharp's interleaved integers and planar floats, turning them upright on the way.</summary>
internal static class PixelTransfer
{
    private static readonly float[] ByteToUnit = [.. Enumerable.Range(0, 256).Select(i => i / 255f)];

    /// <summary>Copies decoded rows into a picture.</summary>
    /// <typeparam name="TPixel">ImageSharp's pixel type.</typeparam>
    /// <typeparam name="TChannel">Its channels' type: byte or ushort.</typeparam>
    internal static PlanarImage ToPlanar<TPixel, TChannel>(Image<TPixel> source, int orientation, bool isGrey, bool hasAlpha)
        where TPixel : unmanaged, IPixel<TPixel>
        where TChannel : unmanaged
    {
        var bitDepth = typeof(TChannel) == typeof(byte) ? 8 : 16;
        var (width, height) = OrientationMap.SizeOf(orientation, source.Width, source.Height);
        var target = PlanarImage.CreateUninitialized(width, height, isGrey, bitDepth);
        if (hasAlpha)
            target.Alpha = new float[width * height];
        var map = new OrientationMap(orientation, source.Width, source.Height);
        var channels = target.Channels + (hasAlpha ? 1 : 0);

        source.ProcessPixelRows(accessor =>
        {
            for (var y = 0; y < accessor.Height; y++)
            {
                var row = MemoryMarshal.Cast<TPixel, TChannel>(accessor.GetRowSpan(y));
                var start = map.RowStart(y);
                for (var c = 0; c < channels; c++)
                    Spread(row[c..], channels, c < target.Channels ? target.Plane(c) : target.Alpha, start, map.StepX, accessor.Width);
            }
        });
        return target;
    }

    /// <summary>Makes an ImageSharp image of a picture, rounding to the channels' type.</summary>
    internal static Image<TPixel> ToInterleaved<TPixel, TChannel>(PlanarImage source, bool withAlpha)
        where TPixel : unmanaged, IPixel<TPixel>
        where TChannel : unmanaged
    {
        var target = new Image<TPixel>(source.Width, source.Height);
        try
        {
            target.ProcessPixelRows(accessor =>
            {
                for (var y = 0; y < accessor.Height; y++)
                    WriteRow(source, y, withAlpha, MemoryMarshal.Cast<TPixel, TChannel>(accessor.GetRowSpan(y)));
            });
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Interleaves and rounds one row.</summary>
    internal static void WriteRow<TChannel>(PlanarImage source, int y, bool withAlpha, Span<TChannel> row)
        where TChannel : unmanaged
    {
        var channels = source.Channels + (withAlpha ? 1 : 0);
        for (var c = 0; c < source.Channels; c++)
            Round(source.Row(c, y), row[c..], channels);
        if (withAlpha)
            Round(source.Alpha.AsSpan(y * source.Width, source.Width), row[source.Channels..], channels);
    }

    private static void Spread<TChannel>(ReadOnlySpan<TChannel> row, int stride, Span<float> plane, int start, int step, int width)
        where TChannel : unmanaged
    {
        if (typeof(TChannel) == typeof(byte))
        {
            var bytes = MemoryMarshal.Cast<TChannel, byte>(row);
            for (var x = 0; x < width; x++)
                plane[start + (x * step)] = ByteToUnit[bytes[x * stride]];
        }
        else
        {
            var words = MemoryMarshal.Cast<TChannel, ushort>(row);
            for (var x = 0; x < width; x++)
                plane[start + (x * step)] = words[x * stride] / 65535f;
        }
    }

    private static void Round<TChannel>(ReadOnlySpan<float> values, Span<TChannel> row, int stride)
        where TChannel : unmanaged
    {
        if (typeof(TChannel) == typeof(byte))
        {
            var bytes = MemoryMarshal.Cast<TChannel, byte>(row);
            for (var x = 0; x < values.Length; x++)
                bytes[x * stride] = (byte)((Unit(values[x]) * 255f) + 0.5f);
        }
        else
        {
            var words = MemoryMarshal.Cast<TChannel, ushort>(row);
            for (var x = 0; x < values.Length; x++)
                words[x * stride] = (ushort)((Unit(values[x]) * 65535f) + 0.5f);
        }
    }

    // NaN becomes 0: Math.Clamp would hand it through, and its conversion to an integer is undefined.
    private static float Unit(float value) => value > 0f ? MathF.Min(value, 1f) : 0f;
}
