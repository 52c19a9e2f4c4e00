using Darkroom.Storage;

namespace Darkroom.Gateway.Uploads;

/// <summary>Reads a body up to a length; the first byte beyond it is an error, whatever the sender announced.</summary>
/// <param name="inner">The body; stays open.</param>
/// <param name="limit">The largest length (bytes).</param>
/// <param name="tooLong">Makes the error.</param>
internal sealed class LimitedStream(Stream inner, long limit, Func<Exception> tooLong) : ForwardReadStream
{
    private long read;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        read += count;
        return read <= limit ? count : throw tooLong();
    }
}
