using System.Buffers.Binary;

namespace Darkroom.Imaging.Headers;

/// <summary>Walks the markers of a JPEG from its start to its end-of-image marker.</summary>
internal static class JpegHeader
{
    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;

    internal static ImageHeader Read(ReadOnlySpan<byte> file, int maxPixelCount)
    {
        ImageHeader? header = null;
        var at = 2;
        while (true)
        {
            var marker = NextMarker(file, ref at);
            switch (marker)
            {
                case EndOfImage:
                    return header ?? throw ImageHeader.Corrupt("the JPEG holds no frame");
                case StartOfImage or 0x01 or (>= 0xD0 and <= 0xD7):
                    continue;   // these stand alone
            }

            var segment = Segment(file, at);
            if (IsFrame(marker))
                header ??= ReadFrame(segment).Within(maxPixelCount);
            at += segment.Length + 2;
            if (marker == StartOfScan)
                SkipEntropyCodedData(file, ref at);
        }
    }

    private static byte NextMarker(ReadOnlySpan<byte> file, ref int at)
    {
        // Stray bytes between segments are skipped, as decoders do; 0xFF may be repeated as padding.
        while (true)
        {
            var found = at < file.Length ? file[at..].IndexOf((byte)0xFF) : -1;
            if (found < 0)
                throw ImageHeader.Truncated("the JPEG has no end-of-image marker");
            at += found + 1;
            while (at < file.Length && file[at] == 0xFF)
                at++;
            if (at >= file.Length)
                throw ImageHeader.Truncated("the JPEG has no end-of-image marker");
            var marker = file[at++];
            if (marker != 0)
                return marker;
        }
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> file, int at)
    {
        if (at + 2 > file.Length)
            throw ImageHeader.Truncated("the JPEG ends within a segment");
        var length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
        if (length < 2)
            throw ImageHeader.Corrupt("a JPEG segment is shorter than its own length field");
        return at + length <= file.Length
            ? file.Slice(at + 2, length - 2)
            : throw ImageHeader.Truncated("the JPEG ends within a segment");
    }

    // Start-of-frame markers: 0xC0..0xCF without DHT (C4), JPG (C8) and DAC (CC).
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static ImageHeader ReadFrame(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 6)
            throw ImageHeader.Corrupt("the JPEG's frame header is too short");
        if (segment[0] != 8)
            throw ImageHeader.Unsupported($"a JPEG of {segment[0]} bits a sample", "JPEGs of 8 bits are");
        var height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        var width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        return segment[5] is 1 or 3 or 4
            ? new ImageHeader(ImageFormat.Jpeg, width, height, 8, segment[5] == 1, false)
            : throw ImageHeader.Unsupported($"a JPEG of {segment[5]} components", "1 (grey), 3 (colour) and 4 (CMYK) are");
    }

    private static void SkipEntropyCodedData(ReadOnlySpan<byte> file, ref int at)
    {
        while (true)
        {
            var found = at < file.Length ? file[at..].IndexOf((byte)0xFF) : -1;
            if (found < 0 || at + found + 1 >= file.Length)
                throw ImageHeader.Truncated("the JPEG's picture data have no end");
            at += found;
            // 0xFF00 is a data byte, 0xFFD0..D7 restarts the scan: anything else ends it.
            if (file[at + 1] is 0 or (>= 0xD0 and <= 0xD7))
                at += 2;
            else if (file[at + 1] == 0xFF)
                at++;
            else
                return;
        }
    }
}
