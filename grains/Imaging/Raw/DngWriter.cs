using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Darkroom.Imaging.Exif;

namespace Darkroom.Imaging.Raw;

/// <summary>Writes a mosaic as DNG 1.4, uncompressed: one file with all that is needed to read the values.</summary>
public static class DngWriter
{
    private const ushort Byte = 1, Rational = 5, SignedRational = 10;
    private const int Denominator = 1_000_000;
    private const ushort NewSubfileType = 254, PatternSize = 33421, Pattern = 33422, DngVersion = 50706, DngBackwardVersion = 50707, UniqueCameraModel = 50708,
        PlaneColours = 50710, PatternLayout = 50711, BlackLevelSize = 50713, BlackLevel = 50714, WhiteLevel = 50717, ColorMatrix1 = 50721,
        AsShotNeutral = 50728, BaselineExposure = 50730, CalibrationIlluminant1 = 50778;

    private const ushort MosaicPhotometric = 32803, Daylight65 = 21;

    // Linear sRGB of CIE XYZ (IEC 61966-2-1).
    private static readonly ColourMatrix XyzToSrgb = new(
        3.2404542, -1.5371385, -0.4985314, -0.9692660, 1.8760108, 0.0415560, 0.0556434, -0.2040259, 1.0572252);

    /// <summary>Writes a mosaic.</summary>
    /// <exception cref="ArgumentException">The planes' white levels differ, the greens' white balances differ, or the colour matrix cannot be inverted: DNG cannot say so.</exception>
    public static byte[] Write(RawMosaic mosaic)
    {
        var (levels, metadata) = (mosaic.Levels, mosaic.Metadata);
        if (levels.White.ToArray().Distinct().Count() > 1)
            throw new ArgumentException("DNG has one white level for all planes of a mosaic; these differ.", nameof(mosaic));
        if (metadata.WhiteBalance.GreenOfRed != metadata.WhiteBalance.GreenOfBlue)
            throw new ArgumentException("DNG has one white balance for both greens; these differ.", nameof(mosaic));

        // The directory's size does not depend on where the values begin, so it is written twice.
        var directory = Directory(mosaic, 0);
        directory = Directory(mosaic, (uint)directory.Length);
        var file = new byte[directory.Length + (mosaic.Values.Length * sizeof(ushort))];
        directory.CopyTo(file, 0);
        var values = file.AsSpan(directory.Length);
        if (BitConverter.IsLittleEndian)
            MemoryMarshal.AsBytes(mosaic.Values.AsSpan()).CopyTo(values);
        else
            BinaryPrimitives.ReverseEndianness(mosaic.Values, MemoryMarshal.Cast<byte, ushort>(values));
        return file;
    }

    private static byte[] Directory(RawMosaic mosaic, uint valuesAt)
    {
        var (levels, metadata) = (mosaic.Levels, mosaic.Metadata);
        var tags = new ExifBlock();
        var writer = new TiffDirectoryWriter(isBigEndian: false);
        var camera = metadata.Camera.Length > 0 ? metadata.Camera : "Darkroom Mosaic";
        var space = camera.IndexOf(' ', StringComparison.Ordinal);
        tags.SetText(ExifTags.Make, space > 0 ? camera[..space] : camera);
        tags.SetText(ExifTags.Model, space > 0 ? camera[(space + 1)..] : camera);
        tags.SetText(UniqueCameraModel, camera);
        tags.SetOrientation((ushort)metadata.Orientation);
        Add(writer.LongEntry(NewSubfileType, 0));
        Add(writer.LongEntry(ExifTags.ImageWidth, (uint)mosaic.Width));
        Add(writer.LongEntry(ExifTags.ImageHeight, (uint)mosaic.Height));
        Add(writer.ShortEntry(ExifTags.BitsPerSample, 16));
        Add(writer.ShortEntry(ExifTags.Compression, 1));
        Add(writer.ShortEntry(ExifTags.Photometric, MosaicPhotometric));
        Add(writer.LongEntry(ExifTags.StripOffsets, valuesAt));
        Add(writer.ShortEntry(ExifTags.SamplesPerPixel, 1));
        Add(writer.LongEntry(ExifTags.RowsPerStrip, (uint)mosaic.Height));
        Add(writer.LongEntry(ExifTags.StripByteCounts, (uint)(mosaic.Values.Length * sizeof(ushort))));
        Add(writer.ShortEntry(ExifTags.PlanarConfiguration, 1));
        Add(writer.ShortEntry(PatternSize, 2, 2));
        Add(Bytes(Pattern, Cell(levels.Pattern)));
        Add(Bytes(DngVersion, 1, 4, 0, 0));
        Add(Bytes(DngBackwardVersion, 1, 1, 0, 0));
        Add(Bytes(PlaneColours, 0, 1, 2));
        Add(writer.ShortEntry(PatternLayout, 1));
        Add(writer.ShortEntry(BlackLevelSize, 2, 2));
        Add(Rationals(BlackLevel, Rational, ByPlace(levels.Pattern, levels.Black)));
        Add(writer.LongEntry(WhiteLevel, (uint)Math.Round(levels.White.Red)));
        Add(Rationals(ColorMatrix1, SignedRational, CameraOfXyz(metadata)));
        Add(Rationals(AsShotNeutral, Rational, [
            1 / metadata.WhiteBalance.Red, 1 / metadata.WhiteBalance.GreenOfRed, 1 / metadata.WhiteBalance.Blue]));
        Add(writer.ShortEntry(CalibrationIlluminant1, Daylight65));
        if (metadata.Gain is { } gain)
            Add(Rationals(BaselineExposure, SignedRational, [Math.Log2(gain)]));

        var output = new MemoryStream();
        output.Write(writer.Header(0));
        var mainOffset = writer.WriteTree(output, tags);
        output.Position = 0;
        output.Write(writer.Header(mainOffset));
        return output.ToArray();

        void Add(ExifEntry entry) => tags.Main[entry.Tag] = entry;
    }

    // What turns CIE XYZ into the camera's colours before white balance.
    private static double[] CameraOfXyz(RawMetadata metadata)
    {
        var balanced = metadata.Matrix.Invert().Multiply(XyzToSrgb).Rows;
        double[] factors = [metadata.WhiteBalance.Red, metadata.WhiteBalance.GreenOfRed, metadata.WhiteBalance.Blue];
        return [.. balanced.Select((value, i) => value / factors[i / 3])];
    }

    private static byte[] Cell(BayerPattern pattern)
    {
        var cell = new byte[4];
        for (var plane = 0; plane < 4; plane++)
        {
            var (row, column) = pattern.PositionOf(plane);
            cell[(2 * row) + column] = (byte)(plane == 3 ? 1 : plane);
        }

        return cell;
    }

    private static double[] ByPlace(BayerPattern pattern, RawPlanes planes)
    {
        var cell = new double[4];
        for (var plane = 0; plane < 4; plane++)
        {
            var (row, column) = pattern.PositionOf(plane);
            cell[(2 * row) + column] = planes.ToArray()[plane];
        }

        return cell;
    }

    private static ExifEntry Bytes(ushort tag, params byte[] values) => new(tag, Byte, (uint)values.Length, values);

    private static ExifEntry Rationals(ushort tag, ushort type, double[] values)
    {
        var bytes = new byte[8 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 * i), checked((int)Math.Round(values[i] * Scale(values[i]))));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((8 * i) + 4), Scale(values[i]));
        }

        return new ExifEntry(tag, type, (uint)values.Length, bytes);

        // Levels of 16 bits would not fit with six decimals.
        static int Scale(double value) => Math.Abs(value) < 1000 ? Denominator : 1000;
    }
}
