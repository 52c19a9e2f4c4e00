using Darkroom.Imaging.Exif;

namespace Darkroom.Imaging.Headers;

/// <summary>Reads the first directory of a TIFF and checks that its strips or tiles lie inside the file.</summary>
internal static class TiffHeader
{
    private const string Allowed = "8 and 16 bit integers and 32 bit floats are";
    private const int WhiteIsZero = 0, BlackIsZero = 1, Palette = 3, IeeeFloat = 3, UnsignedInteger = 1;

    internal static ImageHeader Read(ReadOnlySpan<byte> file, int maxPixelCount)
    {
        if (!TiffDirectoryReader.TryOpen(file, out var reader) || reader.ReadMain(isWhole: true) is not { } tags)
            throw ImageHeader.Truncated("the TIFF's directory lies beyond its end");

        var width = Integer(reader, tags, ExifTags.ImageWidth, 0);
        var height = Integer(reader, tags, ExifTags.ImageHeight, 0);
        if (width > int.MaxValue || height > int.MaxValue)
            throw ImageHeader.Corrupt("the TIFF's width or height is beyond 2^31 - 1");

        var samples = Integer(reader, tags, ExifTags.SamplesPerPixel, 1);
        var photometric = Integer(reader, tags, ExifTags.Photometric, BlackIsZero);
        var isGrey = photometric is WhiteIsZero or BlackIsZero;
        var colours = photometric is Palette || isGrey ? 1 : photometric is 5 ? 4 : 3;
        if (isGrey && samples > 1)
            throw ImageHeader.Unsupported("a grey TIFF with transparency or further channels", "grey without, RGB and RGBA are");
        var header = new ImageHeader(
            ImageFormat.Tiff, (int)width, (int)height, BitDepth(reader, tags, photometric), isGrey, HasAlpha: samples > colours).Within(maxPixelCount);

        CheckParts(reader, tags, file.Length);
        return header;
    }

    private static int BitDepth(TiffDirectoryReader reader, Dictionary<ushort, ExifEntry> tags, long photometric)
    {
        var bits = Integer(reader, tags, ExifTags.BitsPerSample, 1);
        return (Integer(reader, tags, ExifTags.SampleFormat, UnsignedInteger), bits) switch
        {
            (_, _) when photometric == Palette => 8,
            (IeeeFloat, 32) => 16,
            (UnsignedInteger or 4, >= 1 and <= 8) => 8,
            (UnsignedInteger or 4, 16) => 16,
            (IeeeFloat, _) => throw ImageHeader.Unsupported($"a TIFF of {bits} bit floats", Allowed),
            _ => throw ImageHeader.Unsupported($"a TIFF of {bits} bit samples", Allowed),
        };
    }

    private static void CheckParts(TiffDirectoryReader reader, Dictionary<ushort, ExifEntry> tags, int fileLength)
    {
        var isTiled = tags.ContainsKey(ExifTags.TileOffsets);
        if (!tags.TryGetValue(isTiled ? ExifTags.TileOffsets : ExifTags.StripOffsets, out var offsetEntry)
            || !tags.TryGetValue(isTiled ? ExifTags.TileByteCounts : ExifTags.StripByteCounts, out var countEntry))
            throw ImageHeader.Truncated("the TIFF does not say where its picture data are, or it says so beyond its end");

        var (offsets, counts) = (reader.Integers(offsetEntry), reader.Integers(countEntry));
        if (offsets.Length != counts.Length)
            throw ImageHeader.Corrupt("the TIFF has unequal numbers of offsets and lengths");
        for (var i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] < 0 || counts[i] < 0 || offsets[i] + counts[i] > fileLength)
                throw ImageHeader.Truncated("the TIFF's picture data reach beyond its end");
        }
    }

    private static long Integer(TiffDirectoryReader reader, Dictionary<ushort, ExifEntry> tags, ushort tag, long otherwise) =>
        tags.TryGetValue(tag, out var entry) ? reader.Integers(entry)[0] : otherwise;
}
