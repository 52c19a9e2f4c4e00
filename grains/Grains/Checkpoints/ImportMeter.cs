namespace Darkroom.Grains.Checkpoints;

/// <summary>Tells how far an import is, by the bytes that were read.</summary>
/// <param name="totalBytes">Bytes of all files.</param>
/// <param name="progress">Who is told; may be null.</param>
internal sealed class ImportMeter(long totalBytes, IProgress<ImportProgress>? progress)
{
    private long before;

    /// <summary>Wraps a file that is read twice: once for its hash, once to keep it.</summary>
    /// <param name="content">What is read; not disposed with the wrapper.</param>
    /// <param name="fileBytes">Bytes of the file that it comes from.</param>
    /// <param name="path">Its name, for the message.</param>
    public Stream Measure(Stream content, long fileBytes, string path)
    {
        var start = before;
        before += fileBytes;
        return new MeteredStream(content, read =>
        {
            var done = content.Length == 0 ? 1 : Math.Min(1, read / (2.0 * content.Length));
            progress?.Report(new ImportProgress(totalBytes == 0 ? 1 : (start + done * fileBytes) / totalBytes, $"importing, {path}"));
        });
    }

    private sealed class MeteredStream(Stream inner, Action<long> report) : Stream
    {
        private long read;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            report(read += count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        // Converting tensors is work, not waiting: it is done here, and a stop is noticed between two pieces.
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
