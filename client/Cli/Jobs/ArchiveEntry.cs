using System.IO.Compression;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Cli.Jobs;

/// <summary>A file of a zip archive; it gives no more bytes than a picture may have, whatever the archive says of it.</summary>
/// <param name="entry">The entry; its archive stays open.</param>
/// <param name="limit">The most bytes that a picture may have.</param>
internal sealed class ArchiveEntry(ZipArchiveEntry entry, long limit) : Stream
{
    private readonly Stream content = entry.Open();
    private long read;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => read;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => Count(content.Read(buffer));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await content.ReadAsync(buffer, cancellationToken));
        }
        catch (InvalidDataException error)
        {
            throw new InputException($"'{entry.FullName}' in the archive is damaged: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int got) => (read += got) <= limit ? got : throw new InputException($"'{entry.FullName}' in the archive has more than {limit} bytes, which is the most that a picture may have.");
}
