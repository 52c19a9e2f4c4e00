using System.IO.Compression;
using System.Runtime.InteropServices;
using Darkroom.Imaging.Exif;

namespace Darkroom.Imaging.Codecs;

/// <summary>Writes TIFF: Deflate strips with horizontal differencing (TIFF 6.0, sections 14 and Adobe's Technical Note 3).</summary>
/// <remarks>ImageSharp 3.1 writes 16 bit colour TIFF as 8 bit without a word, so TIFF is not left to it. Grey with alpha, which it does not read, is written as RGB with alpha.</remarks>
internal static class TiffWriter
{
    private const int StripSizeBytes = 256 * 1024;
    private const ushort DeflateCompression = 8, HorizontalPredictor = 2, Chunky = 1, UnassociatedAlpha = 2;
    private const ushort PhotometricBlackIsZero = 1, PhotometricRgb = 2;

    internal static void Write(PlanarImage picture, Stream destination, EncodeSettings settings)
    {
        if (picture.IsGrey && picture.Alpha is not null)
            picture = AsColour(picture);

        // The file takes the byte order of its EXIF tags, whose values are then copied as they are.
        var tags = MetadataTransfer.WithTexts(picture.Metadata.Exif, settings) ?? new ExifBlock(!BitConverter.IsLittleEndian);
        var writer = new TiffDirectoryWriter(tags.IsBigEndian);
        var depth = settings.BitDepth ?? picture.BitDepth;
        var samples = picture.Channels + (picture.Alpha is null ? 0 : 1);
        var bytesPerRow = picture.Width * samples * (depth / 8);
        var rowsPerStrip = Math.Clamp(StripSizeBytes / bytesPerRow, 1, picture.Height);

        using var output = new MemoryStream();
        output.Write(writer.Header(0));
        var (offsets, counts) = (new List<uint>(), new List<uint>());
        var strip = new byte[rowsPerStrip * bytesPerRow];
        for (var y = 0; y < picture.Height; y += rowsPerStrip)
        {
            var rows = Math.Min(rowsPerStrip, picture.Height - y);
            for (var row = 0; row < rows; row++)
                FillRow(picture, y + row, samples, tags.IsBigEndian, depth, strip.AsSpan(row * bytesPerRow, bytesPerRow));
            var start = output.Position;
            using (var deflate = new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
                deflate.Write(strip, 0, rows * bytesPerRow);
            offsets.Add(checked((uint)start));
            counts.Add((uint)(output.Position - start));
        }

        AddStructure(tags, writer, picture, depth, samples);
        Add(tags, writer.LongEntry(ExifTags.StripOffsets, [.. offsets]));
        Add(tags, writer.LongEntry(ExifTags.StripByteCounts, [.. counts]));
        Add(tags, writer.LongEntry(ExifTags.RowsPerStrip, (uint)rowsPerStrip));
        if (MetadataTransfer.FitsChannels(picture.Metadata.Icc, picture.IsGrey))
            Add(tags, new ExifEntry(ExifTags.IccProfile, 7, (uint)picture.Metadata.Icc!.Length, picture.Metadata.Icc));
        if (picture.Metadata.Xmp is { Length: > 0 } xmp)
            Add(tags, new ExifEntry(ExifTags.Xmp, 1, (uint)xmp.Length, xmp));

        var mainOffset = writer.WriteTree(output, tags);
        output.Position = 0;
        output.Write(writer.Header(mainOffset));
        output.Position = 0;
        output.CopyTo(destination);
    }

    private static void AddStructure(ExifBlock tags, TiffDirectoryWriter writer, PlanarImage picture, int depth, int samples)
    {
        Add(tags, writer.LongEntry(ExifTags.ImageWidth, (uint)picture.Width));
        Add(tags, writer.LongEntry(ExifTags.ImageHeight, (uint)picture.Height));
        Add(tags, writer.ShortEntry(ExifTags.BitsPerSample, [.. Enumerable.Repeat((ushort)depth, samples)]));
        Add(tags, writer.ShortEntry(ExifTags.Compression, DeflateCompression));
        Add(tags, writer.ShortEntry(ExifTags.Photometric, picture.IsGrey ? PhotometricBlackIsZero : PhotometricRgb));
        Add(tags, writer.ShortEntry(ExifTags.Orientation, 1));
        Add(tags, writer.ShortEntry(ExifTags.SamplesPerPixel, (ushort)samples));
        Add(tags, writer.ShortEntry(ExifTags.PlanarConfiguration, Chunky));
        Add(tags, writer.ShortEntry(ExifTags.Predictor, HorizontalPredictor));
        if (picture.Alpha is not null)
            Add(tags, writer.ShortEntry(ExifTags.ExtraSamples, UnassociatedAlpha));
    }

    private static PlanarImage AsColour(PlanarImage grey)
    {
        var colour = new PlanarImage(grey.Width, grey.Height, isGrey: false, grey.BitDepth) { Alpha = grey.Alpha, Metadata = grey.Metadata };
        for (var c = 0; c < colour.Channels; c++)
            grey.Pixels.CopyTo(colour.Plane(c));
        return colour;
    }

    private static void Add(ExifBlock tags, ExifEntry entry) => tags.Main[entry.Tag] = entry;

    private static void FillRow(PlanarImage picture, int y, int samples, bool isBigEndian, int depth, Span<byte> row)
    {
        var hasAlpha = picture.Alpha is not null;
        if (depth == 8)
        {
            PixelTransfer.WriteRow(picture, y, hasAlpha, row);
            for (var i = row.Length - 1; i >= samples; i--)
                row[i] -= row[i - samples];
            return;
        }

        var words = MemoryMarshal.Cast<byte, ushort>(row);
        PixelTransfer.WriteRow(picture, y, hasAlpha, words);
        for (var i = words.Length - 1; i >= samples; i--)
            words[i] -= words[i - samples];
        if (isBigEndian == BitConverter.IsLittleEndian)
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
    }
}
