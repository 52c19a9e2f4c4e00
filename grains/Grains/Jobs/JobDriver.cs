using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Darkroom.Grains.Jobs;

/// <summary>Drives one job to its end: reads the manifest, keeps a bounded number of pictures under way, collects the results.</summary>
/// <remarks>Runs on the turns of its grain and only awaits. What it tells of was written before.</remarks>
internal sealed partial class JobDriver(
    JobKey key, JobState state, StateWriter writer, JobFeed feed, JobLister lister, JobBlobs pages, JobItemRunner runner,
    JobOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstStorageDelay = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan MaxStorageDelay = TimeSpan.FromSeconds(5);

    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<JobItem> page = [];
    private int pageNumber = -1;
    private Task sealing = Task.CompletedTask;

    /// <summary>Gets whether pages of the job are left that could not be deleted after its end.</summary>
    public bool HasLeftovers { get; private set; }

    private bool HasMore => state.Next < state.Total && !state.IsCancelRequested;

    /// <summary>Drives the job until it has ended.</summary>
    /// <param name="isTakenUp">Whether somebody else began it: the first write then shuts that one out.</param>
    /// <param name="cancelled">The user has taken the job back, and the state says so.</param>
    /// <param name="stop">Stops driving; the job stays as it is for whoever takes it up.</param>
    /// <exception cref="InconsistentStateException">Another activation drives the job.</exception>
    public async Task DriveAsync(bool isTakenUp, CancellationToken cancelled, CancellationToken stop)
    {
        JobMetrics.Begun();
        try
        {
            if (isTakenUp)
                await SaveAsync(stop);
            Tell();
            if (state.Stage == JobStage.Listing)
                await ListAsync(cancelled, stop);
            if (!state.HasEnded)
            {
                await WorkAsync(cancelled, stop);
                await FinishAsync(stop);
            }
        }
        catch (BlobNotFoundException error)
        {
            // Somebody deleted the job's pages: no try will bring them back.
            await EndAsync(JobStage.Failed, new RunError(RunErrorCode.Storage, error.Message), stop);
        }
        finally
        {
            JobMetrics.Ended();
        }
    }

    /// <summary>Looks again what there is to do: the user has resumed the job or taken it back.</summary>
    public void Wake()
    {
        var signal = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.SetResult();
    }

    private async Task ListAsync(CancellationToken cancelled, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, stop);
        try
        {
            // A folder of its own: whoever listed before and died, or is about to, wrote another one.
            var folder = $"{JobBlobs.FolderOf(key)}{Guid.NewGuid():N}/";
            var total = 0;
            await RetryAsync(async () => total = await lister.ListAsync(key, state.Request!, folder, options.PageSize, options.MaxItems, either.Token), either.Token);
            (state.Folder, state.PageSize, state.Total, state.Stage) = (folder, options.PageSize, total, JobStage.Running);
            await SaveAsync(stop);
            LogListed(key.ToString(), total);
            Tell();
        }
        catch (InvalidRequestException error)
        {
            await EndAsync(JobStage.Failed, new RunError(RunErrorCode.InvalidRequest, error.Message), stop);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // Nothing was begun: the job ends with empty results.
        }
    }

    private async Task WorkAsync(CancellationToken cancelled, CancellationToken stop)
    {
        // What stops one picture's work for good, such as another activation, stops all of it.
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var working = state.Open.ToList().ConvertAll(item => WorkAsync(item, cancelled, halt.Token));
        try
        {
            while (true)
            {
                var change = changed.Task;
                var limit = Math.Min(state.Request!.Concurrency ?? options.Concurrency, options.Concurrency);
                while (HasMore && !state.IsPaused && working.Count < limit)
                {
                    await LoadAsync(state.Next / state.PageSize, halt.Token);
                    if (HasMore)
                        working.Add(WorkAsync(Take(), cancelled, halt.Token));
                }

                if (working.Count == 0 && !HasMore)
                    return;
                await Task.WhenAny([.. working, change.WaitAsync(stop)]);
                stop.ThrowIfCancellationRequested();
                foreach (var done in working.FindAll(task => task.IsCompleted))
                {
                    working.Remove(done);
                    await done;
                }
            }
        }
        catch
        {
            await halt.CancelAsync();
            await Task.WhenAll(working).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task LoadAsync(int number, CancellationToken cancellationToken)
    {
        if (number == pageNumber)
            return;
        await RetryAsync(async () => page = await pages.ReadManifestAsync(state.Folder, number, cancellationToken), cancellationToken);
        pageNumber = number;
    }

    // Not written at once: who takes the job up before the next write takes the same picture, and asks for the same run.
    private JobWorkItem Take()
    {
        var item = new JobWorkItem { Index = state.Next, Item = page[state.Next % state.PageSize], Attempt = 1 };
        state.Open.Add(item);
        state.Next++;
        return item;
    }

    private async Task WorkAsync(JobWorkItem item, CancellationToken cancelled, CancellationToken halt)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, halt);
        JobItemResult result;
        try
        {
            result = await AttemptAsync(item, halt, either.Token);
        }
        catch (Exception error) when (cancelled.IsCancellationRequested && !halt.IsCancellationRequested && error is not InconsistentStateException)
        {
            var faster = await runner.CancelAsync(item);
            result = item.ToResult(faster is null ? JobItemOutcome.Cancelled : JobItemOutcome.Completed, faster);
        }

        await SettleAsync(item, result, halt);
    }

    private async Task<JobItemResult> AttemptAsync(JobWorkItem item, CancellationToken halt, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var attempt = await runner.TryAsync(item, () => SaveAsync(halt), cancellationToken);
            if (attempt.Error is not { } error)
                return item.ToResult(JobItemOutcome.Completed, attempt.Result, route: attempt.Route);
            if (attempt.IsFinal || item.Attempt >= options.MaxAttempts)
            {
                LogQuarantined(key.ToString(), item.Index, item.Attempt, error.Code, error.Message);
                return item.ToResult(JobItemOutcome.Quarantined, error: error, route: attempt.Route);
            }

            LogAgain(key.ToString(), item.Index, item.Attempt, error.Code, error.Message);
            await Task.Delay(Doubled(options.RetryDelay, item.Attempt, MaxRetryDelay), time, cancellationToken);
            item.Attempt++;
            await SaveAsync(halt);
        }
    }

    private async Task SettleAsync(JobWorkItem item, JobItemResult result, CancellationToken halt)
    {
        // The picture leaves what is under way and enters the results in one write: it is never in both, nor in neither.
        state.Open.Remove(item);
        state.Recent.Add(result);
        Count(result.Outcome, 1);
        await SaveAsync(halt);
        JobMetrics.Settled(result);
        Tell();
        await SealAsync(halt);
    }

    // Moves full pages out of the state. Everyone waits for it, so that the state stays small when the store is slow.
    private async Task SealAsync(CancellationToken halt)
    {
        while (state.Recent.Count >= state.PageSize)
        {
            if (sealing.IsCompleted)
                sealing = SealPageAsync(halt);
            await sealing;
        }
    }

    // The page's lines were written with the state before, in this order: whoever writes the page, also an activation
    // that is shut out already, writes the same bytes.
    private async Task SealPageAsync(CancellationToken halt)
    {
        var full = state.Recent.GetRange(0, state.PageSize);
        await SaveAsync(halt);
        await RetryAsync(() => pages.WriteAsync(JobBlobs.ResultsPage(state.Folder, state.ResultPages), full, halt), halt);
        state.Recent.RemoveRange(0, full.Count);
        state.ResultPages++;
        await SaveAsync(halt);
    }

    private async Task FinishAsync(CancellationToken stop)
    {
        string? hash = null;
        await RetryAsync(async () => hash = await pages.JoinAsync(state, stop), stop);
        state.ResultsHash = hash;
        Count(JobItemOutcome.Cancelled, state.Total - state.Next);
        state.Recent.Clear();
        await EndAsync(state.IsCancelRequested ? JobStage.Cancelled : JobStage.Completed, null, stop);
    }

    private async Task EndAsync(JobStage stage, RunError? error, CancellationToken stop)
    {
        (state.Stage, state.Error, state.EndedAt, state.IsEnding) = (stage, error, time.GetUtcNow(), true);
        await SaveAsync(stop);
        state.IsEnding = false;
        LogEnded(key.ToString(), stage, state.Completed, state.Quarantined, state.Cancelled, (state.EndedAt.Value - state.StartedAt).TotalMilliseconds, state.Attempt);
        Tell();
        HasLeftovers = !await pages.TryDeleteAllAsync(key);
    }

    private void Count(JobItemOutcome outcome, int count)
    {
        if (outcome == JobItemOutcome.Completed)
            state.Completed += count;
        else if (outcome == JobItemOutcome.Quarantined)
            state.Quarantined += count;
        else
            state.Cancelled += count;
    }

    // A job waits for its store as long as it takes: nothing is lost by waiting.
    private Task SaveAsync(CancellationToken cancellationToken) => RetryAsync(writer.SaveAsync, cancellationToken);

    private async Task RetryAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await action();
                return;
            }
            catch (Exception error) when (IsPassing(error) && !cancellationToken.IsCancellationRequested)
            {
                LogStorage(error, key.ToString(), tries);
            }

            await Task.Delay(Doubled(FirstStorageDelay, tries, MaxStorageDelay), time, cancellationToken);
        }
    }

    private static bool IsPassing(Exception error) => error is not (InconsistentStateException or BlobNotFoundException or DarkroomException);

    private static TimeSpan Doubled(TimeSpan first, int tries, TimeSpan longest) =>
        TimeSpan.FromSeconds(Math.Min(first.TotalSeconds * Math.Pow(2, tries - 1), longest.TotalSeconds));

    private void Tell() => feed.Publish(state.ToStatus(key.ToString(), time.GetUtcNow()));
}
