using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>The entries of a zip file whose contents are stored, not compressed, as PyTorch writes them: they are read in place.</summary>
/// <remarks>Format: APPNOTE.TXT 6.3.9, sections 4.3 and 4.5.3. Checksums are not compared, since PyTorch can be told to write none.</remarks>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int Locator64Bytes = 20;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const int MaxCommentBytes = ushort.MaxValue;
    private const int MaxDirectoryBytes = 32 << 20;
    private const ushort Zip64Field = 1;

    private readonly RandomFile file;
    private readonly long end;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    private ZipDirectory(RandomFile file, long end) => (this.file, this.end) = (file, end);

    /// <summary>Gets the names of the entries.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Reads the directory at the end of a file.</summary>
    /// <exception cref="InvalidCheckpointException">There is none, such as when the file is cut off, or it is damaged.</exception>
    public static ZipDirectory Read(RandomFile file)
    {
        var tail = new byte[Math.Min(file.Length, EndBytes + MaxCommentBytes)];
        file.Read(file.Length - tail.Length, tail);
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            if (UInt32(tail, at) == EndSignature)
            {
                var (offset, size) = Locate(file, tail.AsSpan(at), file.Length - tail.Length + at);
                if (offset < 0 || size < 0 || size > MaxDirectoryBytes || offset > file.Length - size)
                    throw new InvalidCheckpointException($"The zip says its directory has {size} bytes at {offset}; the file has {file.Length}, and at most {MaxDirectoryBytes} are allowed.");
                var directory = new ZipDirectory(file, offset);
                var bytes = new byte[size];
                file.Read(offset, bytes);
                directory.Parse(bytes);
                return directory;
            }
        }

        throw new InvalidCheckpointException("The zip has no directory at its end: the file is truncated.");
    }

    /// <summary>Finds where an entry's bytes are in the file.</summary>
    /// <returns>First byte and length, or null when there is no such entry.</returns>
    /// <exception cref="InvalidCheckpointException">It is compressed, or lies outside of the file.</exception>
    public (long Offset, long ByteCount)? Find(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
            return null;
        if (entry.Method != 0 || entry.StoredBytes != entry.Bytes)
            throw new InvalidCheckpointException($"The zip's '{name}' is compressed; PyTorch stores its files, so this one was changed.");
        Span<byte> local = stackalloc byte[LocalBytes];
        if (entry.Header < 0 || entry.Header > end - LocalBytes)
            throw Outside(name);
        file.Read(entry.Header, local);
        if (UInt32(local, 0) != LocalSignature)
            throw Outside(name);
        var offset = entry.Header + LocalBytes + UInt16(local, 26) + UInt16(local, 28);
        return entry.Bytes >= 0 && offset <= end && entry.Bytes <= end - offset ? (offset, entry.Bytes) : throw Outside(name);
    }

    private static (long Offset, long Size) Locate(RandomFile file, ReadOnlySpan<byte> endRecord, long position)
    {
        if (position >= Locator64Bytes)
        {
            Span<byte> locator = stackalloc byte[Locator64Bytes];
            file.Read(position - Locator64Bytes, locator);
            var at = Int64(locator, 8);
            if (UInt32(locator, 0) == Locator64Signature && at >= 0 && at <= position - End64Bytes)
            {
                Span<byte> record = stackalloc byte[End64Bytes];
                file.Read(at, record);
                if (UInt32(record, 0) == End64Signature)
                    return (Int64(record, 48), Int64(record, 40));
            }
        }

        return (UInt32(endRecord, 16), UInt32(endRecord, 12));
    }

    private void Parse(ReadOnlySpan<byte> directory)
    {
        while (directory.Length >= CentralBytes)
        {
            if (UInt32(directory, 0) != CentralSignature)
                throw Damaged();
            int nameBytes = UInt16(directory, 28), extraBytes = UInt16(directory, 30), commentBytes = UInt16(directory, 32);
            if (directory.Length < CentralBytes + nameBytes + extraBytes + commentBytes)
                throw Damaged();
            var name = Encoding.UTF8.GetString(directory.Slice(CentralBytes, nameBytes));
            var entry = Widen(
                directory.Slice(CentralBytes + nameBytes, extraBytes),
                new Entry(UInt16(directory, 10), UInt32(directory, 20), UInt32(directory, 24), UInt32(directory, 42)));
            if (!entries.TryAdd(name, entry))
                throw new InvalidCheckpointException($"The zip has '{name}' twice.");
            directory = directory[(CentralBytes + nameBytes + extraBytes + commentBytes)..];
        }

        if (directory.Length > 0)
            throw Damaged();
    }

    /// <summary>Takes from the extra field what does not fit 32 bits; each number is there only if its short form is all ones.</summary>
    private static Entry Widen(ReadOnlySpan<byte> extra, Entry entry)
    {
        while (extra.Length >= 4)
        {
            int kind = UInt16(extra, 0), size = UInt16(extra, 2);
            if (size > extra.Length - 4)
                throw Damaged();
            if (kind == Zip64Field)
            {
                var field = extra.Slice(4, size);
                var bytes = Next(ref field, entry.Bytes);
                var stored = Next(ref field, entry.StoredBytes);
                return entry with { Bytes = bytes, StoredBytes = stored, Header = Next(ref field, entry.Header) };
            }

            extra = extra[(4 + size)..];
        }

        return entry;

        static long Next(ref ReadOnlySpan<byte> field, long narrow)
        {
            if (narrow != uint.MaxValue)
                return narrow;
            if (field.Length < sizeof(long))
                throw Damaged();
            var wide = Int64(field, 0);
            field = field[sizeof(long)..];
            return wide;
        }
    }

    private static InvalidCheckpointException Damaged() => new("The zip's directory is damaged.");

    private static InvalidCheckpointException Outside(string name) => new($"The zip's '{name}' lies outside of the file: it is truncated or damaged.");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private sealed record Entry(ushort Method, long StoredBytes, long Bytes, long Header);
}
