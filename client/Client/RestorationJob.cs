using System.Runtime.CompilerServices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Storage;

namespace Darkroom.Client;

/// <summary>A batch of pictures that are restored alike.</summary>
public sealed class RestorationJob
{
    private readonly ContentStore contents;
    private readonly RunWatcher watcher;

    internal RestorationJob(JobKey key, IJobGrain grain, ContentStore contents, RunWatcher watcher) =>
        (Key, Grain, this.contents, this.watcher) = (key, grain, contents, watcher);

    /// <summary>Gets the tenant and the name.</summary>
    public JobKey Key { get; }

    /// <summary>Gets the grain behind it.</summary>
    public IJobGrain Grain { get; }

    /// <summary>Tells where the job stands.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public Task<JobStatus> GetAsync(CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => Grain.GetStatusAsync(cancellationToken), cancellationToken);

    /// <summary>Streams how far the job is, to its end, whatever silo dies meanwhile.</summary>
    /// <param name="cancellationToken">Ends the stream; the job goes on.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public IAsyncEnumerable<JobStatus> WatchAsync(CancellationToken cancellationToken = default) =>
        watcher.FollowAsync(Grain.WatchAsync, status => status.HasEnded, cancellationToken);

    /// <summary>Waits for the end of the job, whatever silo dies meanwhile.</summary>
    /// <param name="progress">Hears how far the job is.</param>
    /// <param name="cancellationToken">Stops waiting; the job goes on.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<JobStatus> WaitAsync(IProgress<JobStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        await foreach (var status in WatchAsync(cancellationToken).ConfigureAwait(false))
            progress?.Report(status);
        return await GetAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins no further picture; those under way go on to their end.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public Task<JobStatus> PauseAsync(CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => Grain.PauseAsync(cancellationToken), cancellationToken);

    /// <summary>Goes on after a pause.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public Task<JobStatus> ResumeAsync(CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => Grain.ResumeAsync(cancellationToken), cancellationToken);

    /// <summary>Pauses the job or lets it go on, once however often it is said under the same id.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public Task<JobStatus> ChangeAsync(bool isPaused, string changeId, CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => Grain.ChangeAsync(new JobChange(changeId, isPaused), cancellationToken), cancellationToken);

    /// <summary>Cancels the job; it ends a little later (see <see cref="WaitAsync"/>), and what is done stays in the results.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public Task<JobStatus> CancelAsync(CancellationToken cancellationToken = default) =>
        watcher.RetryAsync(() => Grain.CancelAsync(cancellationToken), cancellationToken);

    /// <summary>Reads what became of each picture, once the job has ended: exactly one line a picture, in the order in which they ended.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidRequestException">The job has not ended, or failed: there are no results.</exception>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async IAsyncEnumerable<JobItemResult> ResultsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var status = await GetAsync(cancellationToken).ConfigureAwait(false);
        if (status.ResultsHash is not { } hash)
            throw new InvalidRequestException($"The job '{Key}' has no results: it is {status.Stage}.");
        var content = await contents.OpenAsync(hash, verify: true, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await foreach (var result in JsonLines.ReadAsync<JobItemResult>(content.Stream, cancellationToken).ConfigureAwait(false))
                yield return result!;
        }
    }
}
