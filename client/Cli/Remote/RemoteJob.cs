using Darkroom.Cli.Clusters;
using Darkroom.Client.Http;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Cli.Remote;

/// <summary>A job of a server's cluster.</summary>
internal sealed class RemoteJob(DarkroomHttpClient client, string name) : IJob
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Task<JobStatus> GetAsync(CancellationToken cancellationToken) => client.Jobs.GetAsync(name, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<JobStatus> WatchAsync(CancellationToken cancellationToken) => client.Jobs.WatchAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> PauseAsync(CancellationToken cancellationToken) => client.Jobs.PauseAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> ResumeAsync(CancellationToken cancellationToken) => client.Jobs.ResumeAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> CancelAsync(CancellationToken cancellationToken) => client.Jobs.CancelAsync(name, cancellationToken);

    /// <inheritdoc/>
    public async Task<IJob> RetryAsync(string? newName, CancellationToken cancellationToken) =>
        new RemoteJob(client, (await client.Jobs.RetryAsync(name, newName, cancellationToken: cancellationToken)).JobId);

    /// <inheritdoc/>
    public IAsyncEnumerable<JobItemResult> ResultsAsync(CancellationToken cancellationToken) => client.Jobs.ResultsAsync(name, cancellationToken);
}
