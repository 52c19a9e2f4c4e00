using System.Buffers.Binary;

namespace Darkroom.Imaging.Exif;

/// <summary>Writes directories of a TIFF structure, in one byte order.</summary>
internal sealed class TiffDirectoryWriter(bool isBigEndian)
{
    /// <summary>Gets the structure's first eight bytes.</summary>
    /// <param name="mainOffset">Where the main directory will stand.</param>
    internal byte[] Header(uint mainOffset) => isBigEndian
        ? [(byte)'M', (byte)'M', 0, 42, .. Bytes(mainOffset)]
        : [(byte)'I', (byte)'I', 42, 0, .. Bytes(mainOffset)];

    internal ExifEntry ShortEntry(ushort tag, params ReadOnlySpan<ushort> values)
    {
        var bytes = new byte[2 * values.Length];
        for (var i = 0; i < values.Length; i++)
            Bytes(values[i]).CopyTo(bytes, 2 * i);
        return new ExifEntry(tag, ExifEntry.Short, (uint)values.Length, bytes);
    }

    internal ExifEntry LongEntry(ushort tag, params ReadOnlySpan<uint> values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
            Bytes(values[i]).CopyTo(bytes, 4 * i);
        return new ExifEntry(tag, ExifEntry.Long, (uint)values.Length, bytes);
    }

    /// <summary>Writes a main directory with its EXIF and GPS directories to the end of <paramref name="output"/>.</summary>
    /// <returns>The offset of the main directory.</returns>
    internal uint WriteTree(MemoryStream output, ExifBlock tree)
    {
        var main = new SortedDictionary<ushort, ExifEntry>(tree.Main);
        AddSub(output, main, ExifTags.ExifDirectory, tree.Exif);
        AddSub(output, main, ExifTags.GpsDirectory, tree.Gps);
        return Write(output, main);
    }

    private void AddSub(MemoryStream output, SortedDictionary<ushort, ExifEntry> main, ushort tag, SortedDictionary<ushort, ExifEntry> entries)
    {
        main.Remove(tag);
        if (entries.Count > 0)
            main[tag] = LongEntry(tag, Write(output, entries));
    }

    // Values longer than four bytes first, then the directory that points to them. TIFF wants even offsets and ascending tags.
    private uint Write(MemoryStream output, SortedDictionary<ushort, ExifEntry> entries)
    {
        var directory = new MemoryStream();
        directory.Write(Bytes((ushort)entries.Count));
        foreach (var entry in entries.Values)
        {
            directory.Write(Bytes(entry.Tag));
            directory.Write(Bytes(entry.Type));
            directory.Write(Bytes(entry.Count));
            directory.Write(entry.Value.Length <= 4 ? [.. entry.Value, .. new byte[4 - entry.Value.Length]] : Bytes(Append(output, entry.Value)));
        }

        directory.Write(Bytes(0u));   // no further directory
        return Append(output, directory.ToArray());
    }

    private static uint Append(MemoryStream output, byte[] bytes)
    {
        if (output.Position % 2 != 0)
            output.WriteByte(0);
        var offset = checked((uint)output.Position);
        output.Write(bytes);
        return offset;
    }

    private byte[] Bytes(ushort value)
    {
        var bytes = new byte[2];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private byte[] Bytes(uint value)
    {
        var bytes = new byte[4];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
