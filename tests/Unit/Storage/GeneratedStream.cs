namespace Darkroom.Tests.Unit.Storage;

/// <summary>A stream of a given length that exists only while it is read: byte i is a function of i.</summary>
internal sealed class GeneratedStream(long length, Action<long>? beforeRead = null) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public static byte ByteAt(long index) => (byte)((index * 31) ^ (index >> 12));

    public static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => ByteAt(i))];

    public override int Read(byte[] buffer, int offset, int count)
    {
        beforeRead?.Invoke(position);
        var read = (int)Math.Min(count, length - position);
        for (var i = 0; i < read; i++)
        {
            buffer[offset + i] = ByteAt(position + i);
        }

        position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
