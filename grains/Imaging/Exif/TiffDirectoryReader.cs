using System.Buffers.Binary;

namespace Darkroom.Imaging.Exif;

/// <summary>Reads directories of a TIFF structure: a TIFF file or an EXIF block. Every offset is checked against the length.</summary>
internal readonly ref struct TiffDirectoryReader
{
    private const int EntryLength = 12;
    private readonly ReadOnlySpan<byte> block;

    private TiffDirectoryReader(ReadOnlySpan<byte> block, bool isBigEndian)
    {
        this.block = block;
        IsBigEndian = isBigEndian;
    }

    internal bool IsBigEndian { get; }

    internal static bool TryOpen(ReadOnlySpan<byte> block, out TiffDirectoryReader reader)
    {
        var isBigEndian = block is [(byte)'M', (byte)'M', 0, 42, ..];
        reader = new TiffDirectoryReader(block, isBigEndian);
        return block.Length >= 8 && (isBigEndian || block is [(byte)'I', (byte)'I', 42, 0, ..]);
    }

    /// <summary>Reads the directory that the header points to.</summary>
    /// <param name="isWhole">Whether the link to a next directory must be there too; some cameras' EXIF leaves it out.</param>
    /// <returns>The entries that lie inside the block, or null when the directory itself does not.</returns>
    internal Dictionary<ushort, ExifEntry>? ReadMain(bool isWhole = false) => ReadAt(UInt32(block[4..]), isWhole ? 4 : 0);

    /// <summary>Reads the directory that an entry points to, if there is one.</summary>
    internal Dictionary<ushort, ExifEntry>? ReadSub(Dictionary<ushort, ExifEntry> parent, ushort tag) =>
        parent.TryGetValue(tag, out var pointer) && pointer is { Type: ExifEntry.Long, Count: 1 } ? ReadAt(UInt32(pointer.Value), linkLength: 0) : null;

    /// <summary>Reads the values of an entry of bytes, SHORTs or LONGs.</summary>
    internal long[] Integers(ExifEntry entry)
    {
        var values = new long[entry.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = entry.Type switch
            {
                1 => entry.Value[i],
                ExifEntry.Short => UInt16(entry.Value.AsSpan(2 * i)),
                ExifEntry.Long => UInt32(entry.Value.AsSpan(4 * i)),
                _ => -1,
            };
        }

        return values;
    }

    private Dictionary<ushort, ExifEntry>? ReadAt(uint offset, int linkLength)
    {
        if (offset < 8 || offset + 2L > block.Length)
            return null;
        var count = UInt16(block[(int)offset..]);
        if (offset + 2L + ((long)count * EntryLength) + linkLength > block.Length)
            return null;

        var entries = new Dictionary<ushort, ExifEntry>(count);
        for (var i = 0; i < count; i++)
        {
            if (ReadEntry(block.Slice((int)offset + 2 + (i * EntryLength), EntryLength)) is { } entry)
                entries.TryAdd(entry.Tag, entry);
        }

        return entries;
    }

    private ExifEntry? ReadEntry(ReadOnlySpan<byte> bytes)
    {
        var (tag, type, count) = (UInt16(bytes), UInt16(bytes[2..]), UInt32(bytes[4..]));
        var length = (long)count * ExifEntry.SizeOf(type);
        if (length == 0)
            return null;
        if (length <= 4)
            return new ExifEntry(tag, type, count, bytes.Slice(8, (int)length).ToArray());
        var offset = UInt32(bytes[8..]);
        return offset + length <= block.Length
            ? new ExifEntry(tag, type, count, block.Slice((int)offset, (int)length).ToArray())
            : null;
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
