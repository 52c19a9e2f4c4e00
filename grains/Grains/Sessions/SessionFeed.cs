using System.Runtime.CompilerServices;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>The events of a session that are safely written, for any number of readers. Lives on one grain's turns.</summary>
internal sealed class SessionFeed(SessionHistory history)
{
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long published;

    /// <summary>Tells the readers of the events up to a sequence number: they are written.</summary>
    public void Publish(long upTo)
    {
        if (upTo <= published)
            return;
        published = upTo;
        var signal = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.SetResult();
    }

    /// <summary>Reads the events from a sequence number on; ends only when cancelled.</summary>
    public async IAsyncEnumerable<SessionEvent> ReadAsync(long fromSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Math.Max(fromSequence, 1);
        while (true)
        {
            var more = changed.Task;
            if (next <= published)
            {
                foreach (var happened in history.EventsFrom(next).TakeWhile(happened => happened.Sequence <= published).ToList())
                {
                    yield return happened;
                    next = happened.Sequence + 1;
                }
            }
            else
            {
                await more.WaitAsync(cancellationToken);
            }
        }
    }
}
