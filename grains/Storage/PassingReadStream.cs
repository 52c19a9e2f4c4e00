namespace Darkroom.Storage;

/// <summary>A stream that passes on what it reads of another one, which it owns unless told otherwise.</summary>
/// <param name="inner">The other one.</param>
/// <param name="leaveOpen">Whether it stays open.</param>
internal abstract class PassingReadStream(Stream inner, bool leaveOpen = false) : ForwardReadStream
{
    /// <summary>Gets the other one.</summary>
    protected Stream Inner => inner;

    public abstract override int Read(byte[] buffer, int offset, int count);

    public override async ValueTask DisposeAsync()
    {
        if (!leaveOpen)
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
