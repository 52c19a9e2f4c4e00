using System.Runtime.CompilerServices;
using Darkroom.Contracts.Runs;
using Orleans.Runtime;

namespace Darkroom.Grains.Runs;

/// <summary>The newest progress of a run, for any number of readers; slow ones skip what is past. Lives on one grain's turns.</summary>
internal sealed class RunFeed
{
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool hasLeft;

    /// <summary>Gets the newest progress.</summary>
    public RunProgress? Latest { get; private set; }

    /// <summary>Tells the readers.</summary>
    public void Publish(RunProgress progress)
    {
        if (progress == Latest)
            return;
        // Within an attempt progress never falls; a new attempt starts lower.
        Latest = progress;
        var signal = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.TrySetResult();
    }

    /// <summary>Sends the readers away, since the run goes on in another silo: they ask again until they find it there.</summary>
    public void Leave()
    {
        hasLeft = true;
        changed.TrySetResult();
    }

    /// <summary>Reads the newest progress, then each change, until the run has ended.</summary>
    public async IAsyncEnumerable<RunProgress> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = changed.Task;
            if (Latest is { } progress)
            {
                yield return progress;
                if (progress.Stage >= RunStage.Completed)
                    yield break;
            }

            if (hasLeft)
                throw new SiloUnavailableException("The silo is stopping and handed the run over; ask again.");

            // Published while the reader was busy: do not wait for the change after it.
            if (changed.Task == next)
                await next.WaitAsync(cancellationToken);
        }
    }
}
