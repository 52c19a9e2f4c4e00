using System.Buffers.Binary;

namespace Darkroom.Imaging.Headers;

/// <summary>Reads the first chunk of a WebP file; of an animation the first frame is decoded, at the canvas' size.</summary>
internal static class WebpHeader
{
    internal static ImageHeader Read(ReadOnlySpan<byte> file, int maxPixelCount)
    {
        if (file.Length < 30)
            throw ImageHeader.Truncated("the WebP ends within its header");
        var header = ReadFirstChunk(file).Within(maxPixelCount);
        return BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L <= file.Length
            ? header
            : throw ImageHeader.Truncated("the WebP ends before the length that it states");
    }

    private static ImageHeader ReadFirstChunk(ReadOnlySpan<byte> file)
    {
        var chunk = file.Slice(12, 4);
        var data = file[20..];
        if (chunk.SequenceEqual("VP8X"u8))
            return Describe(1 + ReadUInt24(data[4..]), 1 + ReadUInt24(data[7..]), (data[0] & 0x10) != 0);
        if (chunk.SequenceEqual("VP8L"u8))
        {
            // A signature byte, then 14 bits of width - 1, 14 bits of height - 1 and a bit for alpha.
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return Describe((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1, (bits & (1 << 28)) != 0);
        }

        // A key frame: three bytes of frame tag, three of start code, then 14 bits each of width and height.
        return chunk.SequenceEqual("VP8 "u8)
            ? Describe(
                BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF, false)
            : throw ImageHeader.Corrupt("the WebP does not begin with a picture chunk");
    }

    private static ImageHeader Describe(int width, int height, bool hasAlpha) =>
        new(ImageFormat.Webp, width, height, 8, IsGrey: false, hasAlpha);

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
