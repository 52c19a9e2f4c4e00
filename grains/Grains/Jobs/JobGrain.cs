using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Supervision;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Jobs;

/// <summary>One job. Whoever activates it after a crash drives it on.</summary>
[GrainType("job")]
internal sealed partial class JobGrain : Grain, IJobGrain, IDisposable
{
    // A job that is driven keeps its activation; the period only has to be shorter than any collection age.
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromMinutes(1);

    private readonly IPersistentState<JobState> storage;
    private readonly JobLister lister;
    private readonly JobBlobs pages;
    private readonly JobSources sources;
    private readonly UnfinishedRegister register;
    private readonly TenantIndex index;
    private readonly JobOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<JobGrain> logger;
    private readonly StateWriter writer;
    private readonly JobFeed feed = new();
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource cancelled = new();
    private JobKey key;
    private JobDriver? driver;
    private Task driving = Task.CompletedTask;

    public JobGrain(
        [PersistentState("job")] IPersistentState<JobState> storage,
        JobLister lister,
        JobBlobs pages,
        JobSources sources,
        UnfinishedRegister register,
        TenantIndex index,
        IOptions<JobOptions> options,
        TimeProvider time,
        ILogger<JobGrain> logger)
    {
        (this.storage, this.lister, this.pages, this.sources, this.register, this.index) = (storage, lister, pages, sources, register, index);
        (this.options, this.time, this.logger) = (options.Value, time, logger);
        writer = new StateWriter(() => storage.WriteStateAsync());
    }

    private JobState State => storage.State;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        key = JobKey.Parse(this.GetPrimaryKeyString());
        // Not activated here: the next call may find a newer silo.
        if (State.Layout > JobState.CurrentLayout)
            throw new JobConflictException($"The job was written by a newer version of Darkroom (layout {State.Layout}); this one reads up to {JobState.CurrentLayout}.");
        if (State.Layout == 0)
            return;
        feed.Publish(Status());
        if (State.HasEnded)
            return;
        State.Attempt++;
        LogTakenUp(key.ToString(), State.Attempt);
        if (State.IsCancelRequested)
            await cancelled.CancelAsync();
        Drive(isTakenUp: true);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await driving.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async Task<JobStatus> StartAsync(JobRequest request, CancellationToken cancellationToken)
    {
        if (State.Layout == 0)
        {
            request.Validate();
            (State.Layout, State.Request, State.StartedAt, State.Attempt) = (JobState.CurrentLayout, request, time.GetUtcNow(), 1);
            try
            {
                await Task.WhenAll(register.AddAsync(WorkKind.Job, key.ToString(), cancellationToken), NoteAsync(cancellationToken), SaveAsync());
            }
            catch
            {
                (State.Layout, State.Request) = (0, null);
                throw;
            }

            Drive(isTakenUp: false);
        }

        RequireStarted();
        return State.Request == request
            ? Status()
            : throw new JobConflictException($"The job '{key}' was started with another request; every job needs an id of its own.");
    }

    /// <inheritdoc/>
    public Task<JobStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        return Task.FromResult(Status());
    }

    /// <inheritdoc/>
    public Task<JobRequest> GetRequestAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        return Task.FromResult(State.Request!);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<JobStatus> WatchAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        return feed.ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JobStatus> PauseAsync(CancellationToken cancellationToken) => ChangeAsync(() => State.IsPaused = true);

    /// <inheritdoc/>
    public Task<JobStatus> ResumeAsync(CancellationToken cancellationToken) => ChangeAsync(() => State.IsPaused = false);

    /// <inheritdoc/>
    public Task<JobStatus> ChangeAsync(JobChange change, CancellationToken cancellationToken)
    {
        SessionKey.Require(change.ChangeId, "change");
        return ChangeAsync(() =>
        {
            if (State.Remember(change.ChangeId))
                State.IsPaused = change.IsPaused;
        });
    }

    /// <inheritdoc/>
    public async Task<JobStatus> CancelAsync(CancellationToken cancellationToken)
    {
        var status = await ChangeAsync(() => State.IsCancelRequested = true);
        // Whatever is under way hears of it on its own; the caller watches for the end.
        await cancelled.CancelAsync();
        return status;
    }

    /// <inheritdoc/>
    public async Task<bool> ResumeUnfinishedAsync(CancellationToken cancellationToken)
    {
        // Whatever there was to take up, the activation has taken up already.
        if (State.Layout > 0 && (!State.HasEnded || State.IsEnding || !driving.IsCompleted))
            return true;
        if (await pages.TryDeleteAllAsync(key))
            await register.TryRemoveAsync(WorkKind.Job, key.ToString());
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Dispose();
        cancelled.Dispose();
    }

    private JobStatus Status() => State.ToStatus(key.ToString(), time.GetUtcNow());

    private async Task<JobStatus> ChangeAsync(Action change)
    {
        RequireStarted();
        if (State.HasEnded)
            return Status();
        change();
        await SaveAsync();
        if (!State.HasEnded)
            feed.Publish(Status());
        driver?.Wake();
        return Status();
    }

    private async Task SaveAsync()
    {
        try
        {
            await writer.SaveAsync();
        }
        catch (Exception error)
        {
            // Not acknowledged; the next activation reads what is really there.
            DeactivateOnIdle();
            throw new StorageFailedException($"The state of the job '{key}' could not be written: {error.Message}");
        }
    }

    private async Task NoteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await index.AddAsync(key.Tenant, TenantIndex.Jobs, key.Name, cancellationToken);
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException($"The job '{key}' could not be noted: {error.Message}");
        }
    }

    private void RequireStarted()
    {
        if (State.Layout == 0)
            throw new JobNotFoundException($"There is no job '{key}'.");
    }

    private void Drive(bool isTakenUp)
    {
        var runner = new JobItemRunner(key, State.Request!, GrainFactory, sources, options, time, logger);
        driver = new JobDriver(key, State, writer, feed, lister, pages, runner, options, time, logger);
        driving = DriveAsync(driver, isTakenUp).MayGoUnheard();
    }

    private async Task DriveAsync(JobDriver started, bool isTakenUp)
    {
        using var keepAlive = this.RegisterGrainTimer(
            () => Task.CompletedTask,
            new GrainTimerCreationOptions { DueTime = KeepAlivePeriod, Period = KeepAlivePeriod, KeepAlive = true, Interleave = true });
        try
        {
            if (isTakenUp)
                await register.TryAddAsync(WorkKind.Job, key.ToString());
            await started.DriveAsync(isTakenUp, cancelled.Token, stop.Token);
            // What is left is deleted when the supervisor asks.
            if (!started.HasLeftovers)
                await register.TryRemoveAsync(WorkKind.Job, key.ToString());
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // Mostly another activation has the job; this one goes, and its readers ask again there.
            LogStopped(error, key.ToString());
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(1310, LogLevel.Information, "Job {JobId} is taken up, attempt {Attempt}")]
    private partial void LogTakenUp(string jobId, int attempt);

    [LoggerMessage(1311, LogLevel.Warning, "Job {JobId} is not driven by this activation any more")]
    private partial void LogStopped(Exception error, string jobId);
}
