using System.Text;

namespace Darkroom.Imaging.Exif;

/// <summary>The tags of an EXIF block: the main, the EXIF and the GPS directory.</summary>
/// <remarks>The thumbnail's directory is left out: it would show the picture before the restoration.</remarks>
internal sealed class ExifBlock(bool isBigEndian = false)
{
    internal bool IsBigEndian => isBigEndian;

    internal SortedDictionary<ushort, ExifEntry> Main { get; private init; } = [];

    internal SortedDictionary<ushort, ExifEntry> Exif { get; private init; } = [];

    internal SortedDictionary<ushort, ExifEntry> Gps { get; private init; } = [];

    /// <summary>Gets the orientation, 1..8; 1 (upright) if there is none or an impossible one.</summary>
    internal int Orientation
    {
        get
        {
            if (!Main.TryGetValue(ExifTags.Orientation, out var entry) || entry is not { Type: ExifEntry.Short, Count: 1 })
                return 1;
            var value = isBigEndian ? (entry.Value[0] << 8) | entry.Value[1] : entry.Value[0] | (entry.Value[1] << 8);
            return value is >= 1 and <= 8 ? value : 1;
        }
    }

    /// <summary>Reads a block; what cannot be read is left out, since damaged EXIF is no reason to refuse a picture.</summary>
    /// <param name="bytes">EXIF from its TIFF header on, with or without the marker of the JPEG segment.</param>
    internal static ExifBlock? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("Exif\0\0"u8))
            bytes = bytes[6..];
        return TiffDirectoryReader.TryOpen(bytes, out var reader) && reader.ReadMain() is { } main ? From(reader, main) : null;
    }

    /// <summary>Takes the descriptive tags of a TIFF file.</summary>
    internal static ExifBlock FromTiff(TiffDirectoryReader reader, Dictionary<ushort, ExifEntry> main)
    {
        var kept = ExifTags.Descriptive.Append(ExifTags.ExifDirectory).Append(ExifTags.GpsDirectory);
        return From(reader, kept.Where(main.ContainsKey).ToDictionary(tag => tag, tag => main[tag]));
    }

    /// <summary>Sets the orientation.</summary>
    internal void SetOrientation(ushort value) =>
        Main[ExifTags.Orientation] = new TiffDirectoryWriter(isBigEndian).ShortEntry(ExifTags.Orientation, value);

    /// <summary>Sets a text of the main directory; EXIF is ASCII, so other characters become '?'.</summary>
    internal void SetText(ushort tag, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text + "\0");
        Main[tag] = new ExifEntry(tag, ExifEntry.Ascii, (uint)bytes.Length, bytes);
    }

    /// <summary>Writes the block, from its TIFF header on.</summary>
    internal byte[] ToBytes()
    {
        var output = new MemoryStream();
        var writer = new TiffDirectoryWriter(isBigEndian);
        output.Write(writer.Header(0));
        var mainOffset = writer.WriteTree(output, this);
        output.Position = 0;
        output.Write(writer.Header(mainOffset));
        return output.ToArray();
    }

    private static ExifBlock From(TiffDirectoryReader reader, Dictionary<ushort, ExifEntry> main)
    {
        var exif = reader.ReadSub(main, ExifTags.ExifDirectory) ?? [];
        var gps = reader.ReadSub(main, ExifTags.GpsDirectory) ?? [];

        // Pointers say where a directory stood in the old block; the writer makes new ones.
        main.Remove(ExifTags.ExifDirectory);
        main.Remove(ExifTags.GpsDirectory);
        exif.Remove(ExifTags.InteroperabilityDirectory);
        return new ExifBlock(reader.IsBigEndian) { Main = new(main), Exif = new(exif), Gps = new(gps) };
    }
}
