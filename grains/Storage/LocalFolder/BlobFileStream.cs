using Microsoft.Win32.SafeHandles;

namespace Darkroom.Storage.LocalFolder;

/// <summary>Reads a part of an open file, forward only. The file stays whole for it, also when the blob is replaced or deleted.</summary>
internal sealed class BlobFileStream(SafeFileHandle file, long offset, long count) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => count;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer[..Wanted(buffer.Length)], offset + position);
        position += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(file, buffer[..Wanted(buffer.Length)], offset + position, cancellationToken).ConfigureAwait(false);
        position += read;
        return read;
    }

    public override int Read(byte[] buffer, int start, int length) => Read(buffer.AsSpan(start, length));

    public override Task<int> ReadAsync(byte[] buffer, int start, int length, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(start, length), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long to, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int start, int length) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Wanted(int room) => (int)Math.Min(room, count - position);
}
