using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;

namespace Darkroom.Client;

/// <summary>One restoration without a session.</summary>
public sealed class RestorationRun
{
    private readonly RunWatcher watcher;

    internal RestorationRun(string id, RunWatcher watcher) => (Id, this.watcher) = (id, watcher);

    /// <summary>Gets the run's id.</summary>
    public string Id { get; }

    /// <summary>Waits for the end of the run, whatever silo dies meanwhile.</summary>
    /// <param name="progress">Hears how far the run is.</param>
    /// <param name="cancellationToken">Stops waiting; the run goes on.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<RunStatus> WaitAsync(IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default) =>
        watcher.WaitAsync(Id, progress, cancellationToken);

    /// <summary>Streams how far the run is, to its end, whatever silo dies meanwhile.</summary>
    /// <param name="cancellationToken">Ends the stream; the run goes on.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public IAsyncEnumerable<RunProgress> WatchAsync(CancellationToken cancellationToken = default) => watcher.WatchAsync(Id, cancellationToken);

    /// <summary>Cancels the run.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<RunStatus> CancelAsync(CancellationToken cancellationToken = default) => watcher.CancelAsync(Id, cancellationToken);
}
