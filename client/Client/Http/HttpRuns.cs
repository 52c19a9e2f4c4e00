using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Darkroom.Contracts.Runs;

namespace Darkroom.Client.Http;

/// <summary>Single restorations over HTTP, of a session or without one.</summary>
public sealed class HttpRuns
{
    private readonly HttpTransport transport;
    private readonly EventReader events;

    internal HttpRuns(HttpTransport transport, EventReader events) => (this.transport, this.events) = (transport, events);

    /// <summary>Starts a run without a session; it goes on after the answer.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="idempotencyKey">The caller's word for it, to say it again after a crash; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such picture. 400: a value is not allowed. 429: the quota is used up.</exception>
    public Task<RunStatus> StartAsync(RunOrder order, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        transport.PostAsync<RunStatus>("v1/runs", HttpBody.OfJson(order), idempotencyKey, cancellationToken);

    /// <summary>Tells where a run stands.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such run.</exception>
    public Task<RunStatus> GetAsync(string run, CancellationToken cancellationToken = default) => transport.GetAsync<RunStatus>(PathOf(run), cancellationToken);

    /// <summary>Cancels a run; it stops before its next step. A run that has ended stays as it is.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such run.</exception>
    public Task<RunStatus> CancelAsync(string run, CancellationToken cancellationToken = default) =>
        transport.PostAsync<RunStatus>($"{PathOf(run)}/cancel", null, null, cancellationToken);

    /// <summary>Tells each stretch of a run: with which seed, on which device, from which tile and step on.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such run.</exception>
    public Task<ImmutableArray<RunLedgerEntry>> GetLedgerAsync(string run, CancellationToken cancellationToken = default) =>
        transport.GetAsync<ImmutableArray<RunLedgerEntry>>($"{PathOf(run)}/ledger", cancellationToken);

    /// <summary>Streams how far a run is, to its end, whatever connection breaks meanwhile.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the stream; the run goes on.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such run. Or the server stayed away too long.</exception>
    public async IAsyncEnumerable<RunProgress> WatchAsync(string run, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (progress, _) in FollowAsync(run, cancellationToken).ConfigureAwait(false))
        {
            if (progress is not null)
                yield return progress;
        }
    }

    /// <summary>Waits for the end of a run, whatever connection breaks meanwhile.</summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops waiting; the run goes on.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such run. Or the server stayed away too long.</exception>
    public async Task<RunStatus> WaitAsync(string run, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RunStatus? last = null;
        await foreach (var (glimpse, ended) in FollowAsync(run, cancellationToken).ConfigureAwait(false))
        {
            last = ended;
            if (glimpse is not null)
                progress?.Report(glimpse);
        }

        return last!;
    }

    // The last word is how it ended.
    private IAsyncEnumerable<(RunProgress? Progress, RunStatus? Ended)> FollowAsync(string run, CancellationToken cancellationToken) =>
        events.FollowAsync<RunProgress, RunStatus>($"{PathOf(run)}/events", cancellationToken);

    private static string PathOf(string run) => $"v1/runs/{HttpPath.Segment(run)}";
}

/// <summary>What a run without a session is to do.</summary>
/// <param name="ImageHash">The picture, which was uploaded before.</param>
/// <param name="Kind">The command.</param>
/// <param name="Words">The user's words, or null.</param>
/// <param name="Settings">The settings; the defaults if null.</param>
/// <param name="Model">Checkpoint to use, or null for the pipeline's.</param>
/// <param name="Pipeline">Pipeline to use, or null: the run then goes where it fits, and says why.</param>
public sealed record RunOrder(
    string ImageHash, RunKind Kind = RunKind.Restore, string? Words = null, RestorationSettings? Settings = null, string? Model = null, string? Pipeline = null);
