using System.IO.Compression;
using System.Runtime.CompilerServices;
using Darkroom.Gateway.Problems;
using Darkroom.Storage;

namespace Darkroom.Gateway.Uploads;

/// <summary>Reads zip archives of strangers: no name leads out, and nothing grows larger than it may, whatever the archive says of itself.</summary>
internal static class ArchiveReader
{
    private const int MaxEntries = 100_000;

    // Reading the list of files makes an object of each, before anybody can count them: what is read is counted.
    private const long MaxListBytes = 24 << 20;

    // Pictures hardly shrink; what shrinks so much is made to fill disks.
    private const int MaxRatio = 200;
    private const long RatioFrom = 16 << 20;

    /// <summary>Reads the files of an archive in order; each stream is to be read before the next one is asked for.</summary>
    public static async IAsyncEnumerable<(string Name, Stream Content)> ReadAsync(Stream archive, GatewayOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var zip = Open(archive);
        if (zip.Entries.Count > MaxEntries)
            throw Refuse($"it has {zip.Entries.Count} entries; {MaxEntries} are allowed");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var entry in zip.Entries)
        {
            // Folders, and what macOS puts beside each file.
            if (entry.FullName.EndsWith('/') || entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal) || entry.Name.StartsWith("._", StringComparison.Ordinal))
                continue;
            if (ItemName.FaultOf(entry.FullName) is { } fault)
                throw Refuse($"the name of an entry cannot be used: {fault}");
            if (!names.Add(entry.FullName))
                throw Refuse("it has two entries of one name");
            if (entry.IsEncrypted)
                throw Refuse("it is encrypted");
            await using var content = OpenEntry(entry);
            await using var counted = new EntryStream(content, entry.CompressedLength, count =>
            {
                total += count;
                if (total > options.MaxJobBytes)
                    throw ProblemException.TooLarge("What is in the archive", options.MaxJobBytes, nameof(GatewayOptions.MaxJobBytes));
            });
            yield return (entry.FullName, counted);
        }

        if (names.Count == 0)
            throw Refuse("there is no file in it");
    }

    private static ProblemException Refuse(string reason) =>
        new(StatusCodes.Status422UnprocessableEntity, "invalid-archive", "The archive cannot be used.", $"The zip archive cannot be used: {reason}.");

    private static ZipArchive Open(Stream archive)
    {
        var counted = new CountedReadStream(archive, MaxListBytes, () => Refuse($"its list of files has more than {MaxListBytes} bytes"));
        ZipArchive? zip = null;
        try
        {
            zip = new ZipArchive(counted, ZipArchiveMode.Read, leaveOpen: true);
            _ = zip.Entries;
            counted.CountNoMore();
            return zip;
        }
        catch (InvalidDataException error)
        {
            zip?.Dispose();
            throw Refuse(error.Message.TrimEnd('.'));
        }
    }

    private static Stream OpenEntry(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException error)
        {
            throw Refuse(error.Message.TrimEnd('.'));
        }
    }

    // Counts what really comes out.
    private sealed class EntryStream(Stream inner, long compressed, Action<int> count) : ForwardReadStream
    {
        private long read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int got;
            try
            {
                got = await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidDataException error)
            {
                throw Refuse(error.Message.TrimEnd('.'));
            }

            read += got;
            count(got);
            if (read > RatioFrom && read / MaxRatio > compressed)
                throw Refuse($"an entry grows more than {MaxRatio} times when it is unpacked");
            return got;
        }
    }
}
