using System.Runtime.CompilerServices;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Grains.Jobs;

/// <summary>The newest progress of a job, for any number of readers; slow ones skip what is past. Lives on one grain's turns.</summary>
internal sealed class JobFeed
{
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobStatus? latest;

    /// <summary>Tells the readers.</summary>
    public void Publish(JobStatus status)
    {
        latest = status;
        var signal = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.SetResult();
    }

    /// <summary>Reads the newest progress, then each change, until the job has ended.</summary>
    public async IAsyncEnumerable<JobStatus> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = changed.Task;
            if (latest is { } status)
            {
                yield return status;
                if (status.HasEnded)
                    yield break;
            }

            // Published while the reader was busy: do not wait for the change after it.
            if (changed.Task == next)
                await next.WaitAsync(cancellationToken);
        }
    }
}
