using System.Buffers.Binary;
using System.IO.Compression;

namespace Darkroom.Imaging.Headers;

/// <summary>Counts the picture data of a PNG. ImageSharp leaves rows that are missing black and says nothing.</summary>
internal static class PngData
{
    private const int SignatureLength = 8, ChunkOverhead = 12, BufferSize = 64 * 1024;

    // Column and row of the first pixel of each Adam7 pass and the steps between its pixels (PNG, section 8.2).
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Checks that there are data for every row.</summary>
    /// <param name="file">A file that <see cref="PngHeader"/> has walked to its end.</param>
    /// <exception cref="InvalidImageException">The compressed data are damaged or end early.</exception>
    internal static void CheckComplete(ReadOnlySpan<byte> file)
    {
        var expected = ExpectedLength(file.Slice(SignatureLength + 8, 13));
        using var compressed = new MemoryStream();
        for (var at = SignatureLength; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var type = file.Slice(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8))
                compressed.Write(file.Slice(at + 8, length));
            if (type.SequenceEqual("IEND"u8))
                break;
            at += ChunkOverhead + length;
        }

        compressed.Position = 0;
        var found = Inflate(compressed, expected);
        if (found < expected)
            throw ImageHeader.Corrupt($"the PNG holds {found} of {expected} bytes of picture data");
    }

    private static long Inflate(Stream compressed, long upTo)
    {
        using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
        var buffer = new byte[BufferSize];
        var total = 0L;
        try
        {
            while (total < upTo && inflate.Read(buffer) is > 0 and var count)
                total += count;
        }
        catch (InvalidDataException)
        {
            // What came before the damage has been counted, and it is too little.
        }

        return total;
    }

    private static long ExpectedLength(ReadOnlySpan<byte> header)
    {
        var width = BinaryPrimitives.ReadInt32BigEndian(header);
        var height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        var bitsPerPixel = header[8] * (header[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 });
        var isInterlaced = header[12] == 1;
        if (!isInterlaced)
            return RowLength(width, bitsPerPixel) * height;

        var total = 0L;
        foreach (var (x, y, stepX, stepY) in Passes)
        {
            var columns = (width - x + stepX - 1) / stepX;
            var rows = (height - y + stepY - 1) / stepY;
            if (columns > 0 && rows > 0)
                total += RowLength(columns, bitsPerPixel) * rows;
        }

        return total;
    }

    // Each row is preceded by the number of its filter.
    private static long RowLength(int pixels, int bitsPerPixel) => 1 + ((((long)pixels * bitsPerPixel) + 7) / 8);
}
