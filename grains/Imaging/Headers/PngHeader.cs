using System.Buffers.Binary;

namespace Darkroom.Imaging.Headers;

/// <summary>Walks the chunks of a PNG to its end chunk.</summary>
internal static class PngHeader
{
    private const int SignatureLength = 8, ChunkOverhead = 12, HeaderChunkLength = 13;

    internal static ImageHeader Read(ReadOnlySpan<byte> file, int maxPixelCount)
    {
        var (hasTransparency, hasData) = (false, false);
        ImageHeader? header = null;
        var at = SignatureLength;
        while (true)
        {
            if (at + ChunkOverhead > file.Length)
                throw ImageHeader.Truncated("the PNG has no end chunk");
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var type = file.Slice(at + 4, 4);

            if (at + ChunkOverhead + (long)length > file.Length)
                throw ImageHeader.Truncated("the PNG ends within a chunk");
            if (header is null)
            {
                if (!type.SequenceEqual("IHDR"u8) || length != HeaderChunkLength)
                    throw ImageHeader.Corrupt("the PNG does not begin with a header chunk");
                header = Describe(file.Slice(at + 8, HeaderChunkLength)).Within(maxPixelCount);
            }

            hasTransparency |= type.SequenceEqual("tRNS"u8);
            hasData |= type.SequenceEqual("IDAT"u8);
            if (type.SequenceEqual("IEND"u8))
                break;
            at += ChunkOverhead + (int)length;
        }

        return hasData ? header with { HasAlpha = header.HasAlpha || hasTransparency } : throw ImageHeader.Corrupt("the PNG holds no picture data");
    }

    private static ImageHeader Describe(ReadOnlySpan<byte> header)
    {
        var width = BinaryPrimitives.ReadUInt32BigEndian(header);
        var height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (width > int.MaxValue || height > int.MaxValue)
            throw ImageHeader.Corrupt("the PNG's width or height is beyond 2^31 - 1");
        var (depth, colour) = (header[8], header[9]);
        if (depth is not (1 or 2 or 4 or 8 or 16) || colour is not (0 or 2 or 3 or 4 or 6))
            throw ImageHeader.Corrupt($"a PNG has no bit depth {depth} with colour type {colour}");
        return new ImageHeader(
            ImageFormat.Png, (int)width, (int)height, depth == 16 ? 16 : 8,
            IsGrey: colour is 0 or 4, HasAlpha: colour is 4 or 6);
    }
}
