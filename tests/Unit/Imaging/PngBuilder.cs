using System.Buffers.Binary;
using System.IO.Compression;

namespace Darkroom.Tests.Unit.Imaging;

/// <summary>Builds PNG files chunk by chunk, also ones that no encoder writes.</summary>
internal sealed class PngBuilder
{
    private readonly List<byte> file = [];

    internal PngBuilder(int width, int height, byte bitDepth, byte colourType, bool isInterlaced = false)
    {
        file.AddRange([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (bitDepth, colourType, (byte)(isInterlaced ? 1 : 0));
        Chunk("IHDR"u8, header);
    }

    internal PngBuilder Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.AddRange(number);
        file.AddRange(type);
        file.AddRange(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32([.. type, .. data]));
        file.AddRange(number);
        return this;
    }

    /// <summary>Adds the picture: rows without their filter bytes.</summary>
    internal PngBuilder Rows(params byte[][] rows)
    {
        using var data = new MemoryStream();
        using (var deflate = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var row in rows)
                deflate.Write([0, .. row]);
        }

        return Chunk("IDAT"u8, data.ToArray());
    }

    internal byte[] Build() => [.. Chunk("IEND"u8, []).file];

    internal byte[] BuildWithoutEnd() => [.. file];

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
