using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Routing;
using Darkroom.Grains.Supervision;
using Darkroom.Grains.Tenants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Darkroom.Grains.Runs;

/// <summary>One restoration. Whoever activates it after a crash drives it on.</summary>
[GrainType("run")]
internal sealed partial class RunGrain(
    [PersistentState("run")] IPersistentState<RunState> storage,
    RunBlobs blobs,
    UnfinishedRegister register,
    SiloDrain drain,
    RunRouter router,
    IOptions<RunOptions> options,
    IOptionsMonitor<TenantOptions> tenants,
    TimeProvider time,
    ILogger<RunGrain> logger) : Grain, IRunGrain, IDisposable
{
    private readonly RunFeed feed = new();
    private readonly CancellationTokenSource stop = new();
    private Task driving = Task.CompletedTask;
    private RunAdmission admission = null!;
    private IGrainTimer? keepAlive;
    private bool isEndUnkept;

    private string RunId => this.GetPrimaryKeyString();

    private RunState State => storage.State;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        RunKey.Parse(RunId);
        admission = new RunAdmission(RunId, GrainFactory, tenants.CurrentValue, time, logger);
        // Not activated here: the next call may find a newer silo.
        if (State.Layout > RunState.CurrentLayout)
            throw new RunConflictException($"The run was written by a newer version of Darkroom (layout {State.Layout}); this one reads up to {RunState.CurrentLayout}.");
        if (State.Layout > 0 && !State.HasEnded)
        {
            State.Attempt++;
            LogTakenUp(RunId, State.Attempt);
            Drive(isTakenUp: true);
        }
        else if (State.Layout > 0)
        {
            feed.Publish(new RunProgressMeter(RunId, State, time).Read());
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await driving.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async Task<RunStatus> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (State.Layout == 0)
        {
            request.Validate();
            await admission.AdmitAsync(request.Priority, cancellationToken);
            (State.Layout, State.Request, State.StartedAt, State.Attempt, State.Trace) = (RunState.CurrentLayout, request, time.GetUtcNow(), 1, RunTrace.Current);
            try
            {
                // Entered first or at the same time: a run that was acknowledged is never forgotten.
                await Task.WhenAll(register.AddAsync(WorkKind.Run, RunId, cancellationToken), storage.WriteStateAsync(cancellationToken));
            }
            catch
            {
                // Not acknowledged, so not started here; the next activation reads what is really there.
                (State.Layout, State.Request) = (0, null);
                DeactivateOnIdle();
                throw;
            }

            Drive(isTakenUp: false);
        }
        else if (State.Request != request)
        {
            throw new RunConflictException($"The run '{RunId}' was started with another request; every run needs an id of its own.");
        }

        return State.ToStatus(RunId, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public Task<RunStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        return Task.FromResult(State.ToStatus(RunId, time.GetUtcNow()));
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<RunLedgerEntry>> GetLedgerAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        return Task.FromResult<ImmutableArray<RunLedgerEntry>>([.. State.Ledger]);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RunProgress> WatchAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        return feed.ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RunStatus> CancelAsync(CancellationToken cancellationToken)
    {
        RequireStarted();
        if (!State.HasEnded)
        {
            State.IsCancelRequested = true;
            await stop.CancelAsync();
            await driving;
            if (!State.HasEnded)
                throw new SiloUnavailableException("The silo is stopping and handed the run over; ask again.");
        }
        else if (State.IsEnding)
        {
            await driving;
        }

        return State.ToStatus(RunId, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public async Task<bool> ResumeAsync(CancellationToken cancellationToken)
    {
        // Whatever there was to take up, the activation has taken up already.
        if (State.Layout > 0 && (!State.HasEnded || !driving.IsCompleted))
            return true;
        if (isEndUnkept)
            await WriteAsync();
        // Only on this grain's turn: the run could be starting just now.
        if (await blobs.TryDeleteAllAsync(RunId))
            await register.TryRemoveAsync(WorkKind.Run, RunId);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private void RequireStarted()
    {
        if (State.Layout == 0)
            throw new RunNotFoundException($"There is no run '{RunId}'.");
    }

    private void Drive(bool isTakenUp)
    {
        // A run that is driven keeps its activation too; the period is shorter than any collection age.
        var period = admission.RenewPeriod;
        keepAlive = this.RegisterGrainTimer(
            () => admission.RenewAsync(State.Request!.Priority, State.DeviceSeconds),
            new GrainTimerCreationOptions { DueTime = period, Period = period, KeepAlive = true, Interleave = true });
        driving = DriveAsync(isTakenUp).MayGoUnheard();
        drain.Track(RunId, driving);
    }

    private async Task DriveAsync(bool isTakenUp)
    {
        var (state, priority, tenantClass) = (State, State.Request!.Priority, tenants.CurrentValue.ClassOf(RunKey.Parse(RunId).Tenant));
        var driver = new RunDriver(RunId, state, tenantClass, WriteAsync, feed, admission, router, GrainFactory, blobs, options.Value, time, logger);
        RunMetrics.Begun(priority, tenantClass, isTakenUp);
        try
        {
            if (isTakenUp)
                await register.TryAddAsync(WorkKind.Run, RunId);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, drain.Gone);
            await driver.DriveAsync(isTakenUp, drain.Leaving, ending.Token);
            // What is left is deleted when the supervisor asks.
            if (isEndUnkept || !State.HasEnded || driver.HasLeftovers)
                return;
            await register.TryRemoveAsync(WorkKind.Run, RunId);
        }
        catch (InconsistentStateException error)
        {
            // Another activation has the run; this one goes, and its readers ask again there.
            LogFenced(error, RunId);
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            RunMetrics.Left(state, priority, tenantClass);
            keepAlive?.Dispose();
            if (!State.HasEnded)
                feed.Leave();
        }
    }

    private async Task WriteAsync()
    {
        isEndUnkept = State.HasEnded;
        await storage.WriteStateAsync(CancellationToken.None);
        isEndUnkept = false;
    }

    [LoggerMessage(1110, LogLevel.Information, "Run {RunId} is taken up, attempt {Attempt}")]
    private partial void LogTakenUp(string runId, int attempt);

    [LoggerMessage(1111, LogLevel.Warning, "Run {RunId} is driven by another activation; this one goes")]
    private partial void LogFenced(Exception error, string runId);
}
