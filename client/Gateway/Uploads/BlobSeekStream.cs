using Darkroom.Storage;

namespace Darkroom.Gateway.Uploads;

/// <summary>A blob as a stream with a position: it is opened at the place where reading begins, so a range reads nothing before it.</summary>
/// <param name="store">The store.</param>
/// <param name="name">Name of the blob.</param>
/// <param name="length">Its length (bytes).</param>
internal sealed class BlobSeekStream(IBlobStore store, string name, long length) : ForwardReadStream
{
    private BlobContent? content;
    private long position;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        content ??= await store.OpenReadAsync(name, new BlobRange(position), cancellationToken);
        var count = await content.Stream.ReadAsync(buffer, cancellationToken);
        position += count;
        return count;
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => position + offset,
            _ => length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != position)
        {
            content?.Dispose();
            content = null;
            position = target;
        }

        return position;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (content is not null)
            await content.DisposeAsync();
        content = null;
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content?.Dispose();
        base.Dispose(disposing);
    }
}
