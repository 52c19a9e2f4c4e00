namespace Darkroom.Client.Http;

/// <summary>Ends a call whose other side says nothing for too long.</summary>
internal sealed class Silence : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource either;
    private readonly CancellationToken caller;

    /// <summary>Begins to wait.</summary>
    public Silence(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        (Longest, caller) = (longest, cancellationToken);
        timer = new CancellationTokenSource(longest, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
    }

    /// <summary>Gets how long the other side may be silent.</summary>
    public TimeSpan Longest { get; }

    /// <summary>Gets what ends the call.</summary>
    public CancellationToken Token => either.Token;

    /// <summary>Gets whether it was too long, and not the caller who ended it.</summary>
    public bool WasTooLong => timer.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary>Notes a sign of life.</summary>
    public void Break() => timer.CancelAfter(Longest);

    /// <summary>Does not count what follows: this side is busy with what it got.</summary>
    public void Hold() => timer.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Ends the call as the caller asked.</summary>
    public void ThrowIfCallerEnded() => caller.ThrowIfCancellationRequested();

    /// <inheritdoc/>
    public void Dispose()
    {
        either.Dispose();
        timer.Dispose();
    }
}
