using System.Runtime.CompilerServices;
using Darkroom.Cli.Clusters;
using Darkroom.Client;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Cli.Embedded;

/// <summary>A job of the cluster in this process.</summary>
internal sealed class LocalJob(RestorationJob job, DarkroomClient client) : IJob
{
    /// <inheritdoc/>
    public string Name => job.Key.Name;

    /// <inheritdoc/>
    public Task<JobStatus> GetAsync(CancellationToken cancellationToken) => job.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Whoever drove it may have been a command that is over.
        await job.Grain.ResumeUnfinishedAsync(cancellationToken);
        await foreach (var status in job.WatchAsync(cancellationToken))
            yield return status;
    }

    /// <inheritdoc/>
    public Task<JobStatus> PauseAsync(CancellationToken cancellationToken) => job.PauseAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> ResumeAsync(CancellationToken cancellationToken) => job.ResumeAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> CancelAsync(CancellationToken cancellationToken) => job.CancelAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IJob> RetryAsync(string? name, CancellationToken cancellationToken) => new LocalJob(await client.RetryJobAsync(job, name, cancellationToken), client);

    /// <inheritdoc/>
    public IAsyncEnumerable<JobItemResult> ResultsAsync(CancellationToken cancellationToken) => job.ResultsAsync(cancellationToken);
}
