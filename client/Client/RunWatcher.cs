using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Client;

/// <summary>Reads streams of the cluster and asks again where a silo died under them.</summary>
internal sealed class RunWatcher(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(0.2);

    /// <summary>Waits for the end of a run.</summary>
    public async Task<RunStatus> WaitAsync(string runId, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        await foreach (var glimpse in WatchAsync(runId, cancellationToken).ConfigureAwait(false))
            progress?.Report(glimpse);
        return await GetAsync(runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells where a run stands.</summary>
    public Task<RunStatus> GetAsync(string runId, CancellationToken cancellationToken) =>
        RetryAsync(() => grains.GetGrain<IRunGrain>(runId).GetStatusAsync(cancellationToken), cancellationToken);

    /// <summary>Returns once a run of a session has begun: the session may have taken the turn while the run could not be started yet.</summary>
    /// <exception cref="RunNotFoundException">The session has no such run, or it never will begin.</exception>
    public async Task BegunAsync(ISessionGrain session, string runId, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await GetAsync(runId, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RunNotFoundException)
            {
                // Asking has the session start it again, too.
                var versions = await RetryAsync(() => session.ListVersionsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
                if (!versions.Any(version => version.RunId == runId && version.State == VersionState.Pending))
                    throw;
            }

            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Streams how far a run is, to its end.</summary>
    public IAsyncEnumerable<RunProgress> WatchAsync(string runId, CancellationToken cancellationToken) =>
        FollowAsync(grains.GetGrain<IRunGrain>(runId).WatchAsync, glimpse => glimpse.Stage >= RunStage.Completed, cancellationToken);

    /// <summary>Cancels a run.</summary>
    public Task<RunStatus> CancelAsync(string runId, CancellationToken cancellationToken) =>
        RetryAsync(() => grains.GetGrain<IRunGrain>(runId).CancelAsync(cancellationToken), cancellationToken);

    /// <summary>Tells the stretches of a run.</summary>
    public Task<ImmutableArray<RunLedgerEntry>> LedgerAsync(string runId, CancellationToken cancellationToken) =>
        RetryAsync(() => grains.GetGrain<IRunGrain>(runId).GetLedgerAsync(cancellationToken), cancellationToken);

    /// <summary>Streams a session's events.</summary>
    public async IAsyncEnumerable<SessionEvent> EventsAsync(
        ISessionGrain session, long fromSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Math.Max(fromSequence, 1);
        var outage = new Outage(time);
        while (!cancellationToken.IsCancellationRequested)
        {
            await foreach (var happened in ReadAsync(session.WatchAsync(next, cancellationToken), outage, cancellationToken).ConfigureAwait(false))
            {
                yield return happened;
                next = happened.Sequence + 1;
            }
        }
    }

    /// <summary>Streams something that ends, opening it again where a silo died.</summary>
    public async IAsyncEnumerable<T> FollowAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> open, Func<T, bool> isLast, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isOver = false;
        var outage = new Outage(time);
        while (!isOver)
        {
            await foreach (var happened in ReadAsync(open(cancellationToken), outage, cancellationToken).ConfigureAwait(false))
            {
                yield return happened;
                isOver = isLast(happened);
            }
        }
    }

    /// <summary>Calls what may be called twice, again where a silo died or the store failed.</summary>
    public async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var outage = new Outage(time);
        while (true)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception error) when (IsTransient(error, cancellationToken) && !outage.FailsTooLong())
            {
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Ends quietly where a silo died: the caller opens the stream again.
    private async IAsyncEnumerable<T> ReadAsync<T>(IAsyncEnumerable<T> source, Outage outage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = source.GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (Exception error) when (IsTransient(error, cancellationToken) && !outage.FailsTooLong())
                {
                    await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
                    yield break;
                }

                outage.End();
                yield return stream.Current;
            }
        }
        finally
        {
            // A grain that is gone cannot be told that nobody reads any more.
            await stream.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Our own exceptions say that the caller broke a promise, but for two. Anything else is of the cluster or its store, and may pass.
    private static bool IsTransient(Exception error, CancellationToken cancellationToken) =>
        error is ((not DarkroomException) or StorageFailedException or GrainFailedException) && !cancellationToken.IsCancellationRequested;

    // Failures in a row, without anything heard of the cluster in between.
    private sealed class Outage(TimeProvider time)
    {
        // A cluster that does not answer for so long is not just replacing a silo.
        private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

        // Longer than any call takes to fail: whoever was quiet for so long was listening, not failing.
        private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

        private long? first;
        private long last;

        public bool FailsTooLong()
        {
            var now = time.GetTimestamp();
            if (first is null || time.GetElapsedTime(last, now) > Quiet)
                first = now;
            last = now;
            return time.GetElapsedTime(first.Value, now) > Longest;
        }

        public void End() => first = null;
    }
}
