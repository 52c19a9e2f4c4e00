using System.Runtime.CompilerServices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>The events of a session that are safely written, for any number of readers. Lives on one grain's turns.</summary>
/// <remarks>A reader of an old history holds one page of it at a time.</remarks>
internal sealed class SessionFeed(SessionHistory history, SessionPages pages, SessionKey key, int pageSize)
{
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the sequence number of the last event that is safely written.</summary>
    public long Published { get; private set; }

    /// <summary>Tells the readers of the events up to a sequence number: they are written.</summary>
    public void Publish(long upTo)
    {
        if (upTo <= Published)
            return;
        Published = upTo;
        Signal();
    }

    /// <summary>Ends all reading: the session was deleted.</summary>
    public void Close() => Signal();

    /// <summary>Reads one event.</summary>
    /// <exception cref="StorageFailedException">The store failed.</exception>
    public async Task<SessionEvent> ReadOneAsync(long sequence, CancellationToken cancellationToken) => sequence >= history.FirstInMemory
        ? history.EventsFrom(sequence)[0]
        : (await PageAsync(sequence, cancellationToken))[0];

    /// <summary>Reads the events from a sequence number on; ends only when cancelled.</summary>
    /// <exception cref="SessionNotFoundException">The session was deleted.</exception>
    /// <exception cref="StorageFailedException">The store failed.</exception>
    public async IAsyncEnumerable<SessionEvent> ReadAsync(long fromSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Math.Max(fromSequence, 1);
        while (true)
        {
            var more = changed.Task;
            history.RequireOpen();
            if (next > Published)
            {
                await more.WaitAsync(cancellationToken);
                continue;
            }

            var some = next < history.FirstInMemory
                ? await PageAsync(next, cancellationToken)
                : history.EventsFrom(next).TakeWhile(happened => happened.Sequence <= Published).ToList();
            foreach (var happened in some)
            {
                yield return happened;
                next = happened.Sequence + 1;
            }
        }
    }

    // The rest of the page that has an event.
    private async Task<List<SessionEvent>> PageAsync(long sequence, CancellationToken cancellationToken)
    {
        var page = await pages.ReadAsync(key, (int)((sequence - 1) / pageSize), cancellationToken);
        return [.. page.Skip((int)((sequence - 1) % pageSize))];
    }

    private void Signal()
    {
        var signal = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.SetResult();
    }
}
