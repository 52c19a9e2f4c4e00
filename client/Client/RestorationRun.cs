using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;

namespace Darkroom.Client;

/// <summary>One restoration without a session.</summary>
public sealed class RestorationRun
{
    private readonly DarkroomClient client;
    private readonly RunWatcher watcher;

    internal RestorationRun(string id, DarkroomClient client, RunWatcher watcher) => (Id, this.client, this.watcher) = (id, client, watcher);

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

    /// <summary>Streams the previews of a run that shows some (<c>Run:PreviewEverySteps</c>), each as a file, to the run's end.</summary>
    /// <remarks>A slow reader sees the newest ones, not each one.</remarks>
    /// <param name="cancellationToken">Ends the stream; the run goes on.</param>
    /// <returns>Where the run stood, and the preview's file.</returns>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public async IAsyncEnumerable<(RunProgress Glimpse, byte[] File)> PreviewsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? shown = null;
        await foreach (var glimpse in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (glimpse.Preview is not { } preview || preview.Hash == shown)
                continue;
            using var file = new MemoryStream();
            if (!await client.DownloadPreviewAsync(glimpse, file, cancellationToken).ConfigureAwait(false))
                continue;
            shown = preview.Hash;
            yield return (glimpse, file.ToArray());
        }
    }

    /// <summary>Tells each stretch of the run: with which seed, on which device, from which tile and step on. The newest 64 are kept.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<ImmutableArray<RunLedgerEntry>> GetLedgerAsync(CancellationToken cancellationToken = default) => watcher.LedgerAsync(Id, cancellationToken);

    /// <summary>Cancels the run.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<RunStatus> CancelAsync(CancellationToken cancellationToken = default) => watcher.CancelAsync(Id, cancellationToken);
}
