using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace Darkroom.Grains.Tenants;

/// <summary>One tenant. Re-entrant: many runs ask at once and share one write of the state.</summary>
[GrainType("tenant")]
[Reentrant]
internal sealed partial class TenantGrain : Grain, ITenantGrain
{
    private const int ChecksAtOnce = 8;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);

    private readonly IPersistentState<TenantState> storage;
    private readonly IOptionsMonitor<TenantOptions> options;
    private readonly TimeProvider time;
    private readonly ILogger<TenantGrain> logger;
    private readonly StateWriter writer;
    private readonly Dictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);
    private TenantBook book = null!;
    private Task checking = Task.CompletedTask;

    public TenantGrain(
        [PersistentState("tenant")] IPersistentState<TenantState> storage, IOptionsMonitor<TenantOptions> options, TimeProvider time, ILogger<TenantGrain> logger)
    {
        (this.storage, this.options, this.time, this.logger) = (storage, options, time, logger);
        writer = new StateWriter(() => storage.WriteStateAsync());
    }

    private string Tenant => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Contracts.Sessions.SessionKey.Require(Tenant, "tenant");
        if (storage.State.Layout > TenantState.CurrentLayout)
            throw new StorageFailedException($"The account of the tenant '{Tenant}' was written by a newer version of Darkroom (layout {storage.State.Layout}); this one reads up to {TenantState.CurrentLayout}.");
        book = new TenantBook(Tenant, storage.State, () => options.CurrentValue, time);
        var period = options.CurrentValue.LeaseDuration / 4;
        this.RegisterGrainTimer(CheckAsync, new GrainTimerCreationOptions { DueTime = period, Period = period, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<Admission> AdmitAsync(AdmitRequest request, CancellationToken cancellationToken)
    {
        Require(request.RunId);
        if (book.Find(request.RunId) is { } kept)
        {
            book.Renew(kept, kept.DeviceSeconds);
            return Answer(kept);
        }

        var lease = await GiveAsync(request);
        try
        {
            await SaveAsync();
        }
        catch
        {
            // Not acknowledged, so not given; if it was written after all, it expires.
            book.Drop(request.RunId);
            throw;
        }

        return Answer(lease);
    }

    /// <inheritdoc/>
    public async Task<Admission> RenewAsync(RenewRequest request, CancellationToken cancellationToken)
    {
        Require(request.RunId);
        var isNew = book.Find(request.RunId) is null;
        if ((book.Find(request.RunId) ?? book.Restore(request.RunId, request.Priority)) is not { } lease)
            return new Admission(IsActive: true, options.CurrentValue.LeaseDuration);
        if (request.IsUnderWay)
            lease.ActiveSince ??= time.GetUtcNow();
        book.Renew(lease, request.DeviceSeconds);
        if (isNew)
            await SaveAsync();
        if (!lease.IsActive)
            await WaitAsync(lease, request.MaxWait < MaxWait ? request.MaxWait : MaxWait, cancellationToken);
        return Answer(lease);
    }

    /// <inheritdoc/>
    public async Task SettleAsync(RunUsage usage, CancellationToken cancellationToken)
    {
        Require(usage.RunId);
        book.Settle(usage);
        Promote();
        // Also what was settled before: the one who settled it may not have got it written.
        await SaveAsync();
    }

    /// <inheritdoc/>
    public Task<TenantStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new TenantStatus(Tenant, book.Limits, book.ActiveCount, book.QueuedCount, book.Today));

    /// <inheritdoc/>
    public Task<ImmutableArray<UsageDay>> ListUsageAsync(CancellationToken cancellationToken) => Task.FromResult(storage.State.Days.ToImmutableArray());

    private Admission Answer(RunLease lease) => new(lease.IsActive, options.CurrentValue.LeaseDuration);

    private void Require(string runId)
    {
        if (RunKey.Parse(runId).Tenant != Tenant)
            throw new RunNotFoundException($"The tenant '{Tenant}' has no run '{runId}'.");
    }

    private async Task<RunLease> GiveAsync(AdmitRequest request)
    {
        try
        {
            return book.Admit(request.RunId, request.Priority);
        }
        catch (QuotaExceededException) when (book.Expired().Count > 0)
        {
            // Somebody may hold a place who is not there any more.
            await CheckAsync();
        }
        catch (QuotaExceededException error)
        {
            TenantMetrics.Refused(error.Limit, options.CurrentValue.ClassOf(Tenant));
            throw;
        }

        // Asked twice meanwhile: the place is there.
        return book.Find(request.RunId) ?? book.Admit(request.RunId, request.Priority);
    }

    private async Task WaitAsync(RunLease lease, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!waiting.TryGetValue(lease.RunId, out var turn))
            waiting.Add(lease.RunId, turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(turn.Task, Task.Delay(wait, time, timer.Token));
        await timer.CancelAsync();
        if (!turn.Task.IsCompleted)
            waiting.Remove(lease.RunId);
    }

    private void Promote()
    {
        foreach (var runId in book.Promote())
        {
            if (waiting.Remove(runId, out var turn))
                turn.SetResult();
        }
    }

    // One check at a time: who comes while one is under way waits for that one.
    private async Task CheckAsync()
    {
        if (checking.IsCompleted)
            checking = CheckExpiredAsync();
        await checking;
    }

    private async Task CheckExpiredAsync()
    {
        var expired = book.Expired();
        if (expired.Count == 0 && book.QueuedCount == 0)
            return;
        foreach (var some in expired.Chunk(ChecksAtOnce))
            await Task.WhenAll(some.Select(AskAsync));
        // The limits may have changed too.
        Promote();
        try
        {
            if (expired.Count > 0)
                await SaveAsync();
        }
        catch (StorageFailedException error)
        {
            LogNotKept(error, Tenant);
        }
    }

    private async Task AskAsync(RunLease lease)
    {
        if (!options.CurrentValue.WakesSilentRuns)
        {
            TakeBack(lease, "nobody drives it");
            return;
        }

        try
        {
            // Asking wakes the run up: if its silo died, it goes on from here.
            var status = await GrainFactory.GetGrain<IRunGrain>(lease.RunId).GetStatusAsync(CancellationToken.None).WaitAsync(AskTimeout, time);
            if (status.HasEnded)
                book.Settle(new RunUsage(lease.RunId, status.Stage, status.DeviceSeconds));
            else
                book.Renew(lease, status.DeviceSeconds);
        }
        catch (RunNotFoundException)
        {
            TakeBack(lease, "it was never started");
        }
#pragma warning disable CA1031 // Whatever keeps the run from answering: its place must not be kept for ever.
        catch (Exception error)
#pragma warning restore CA1031
        {
            lease.Misses++;
            LogSilent(error, lease.RunId, lease.Misses);
            if (lease.Misses >= TenantBook.MaxMisses)
                TakeBack(lease, "it does not answer");
            else
                lease.ExpiresAt = time.GetUtcNow() + options.CurrentValue.LeaseDuration;
        }
    }

    private void TakeBack(RunLease lease, string reason)
    {
        // It may have settled, or begun anew, while it was asked.
        if (book.Find(lease.RunId) != lease || lease.ExpiresAt > time.GetUtcNow())
            return;
        book.Drop(lease.RunId);
        TenantMetrics.Lost(options.CurrentValue.ClassOf(Tenant));
        LogTakenBack(lease.RunId, reason);
    }

    private async Task SaveAsync()
    {
        try
        {
            await writer.SaveAsync();
        }
        catch (InconsistentStateException error)
        {
            // Another activation keeps the account, or a write that was done was reported as failed: read what is really there.
            LogFenced(error, Tenant);
            foreach (var turn in waiting.Values)
                turn.TrySetResult();
            waiting.Clear();
            DeactivateOnIdle();
            throw new StorageFailedException($"The account of the tenant '{Tenant}' is kept elsewhere; ask again.");
        }
        catch (Exception error)
        {
            throw new StorageFailedException($"The account of the tenant '{Tenant}' could not be written: {error.Message}");
        }
    }

    [LoggerMessage(1400, LogLevel.Warning, "The place of run {RunId} is taken back: {Reason}")]
    private partial void LogTakenBack(string runId, string reason);

    [LoggerMessage(1401, LogLevel.Warning, "Run {RunId} does not say where it stands, time {Misses} in a row")]
    private partial void LogSilent(Exception error, string runId, int misses);

    [LoggerMessage(1402, LogLevel.Warning, "The account of tenant {Tenant} is kept by another activation; this one goes")]
    private partial void LogFenced(Exception error, string tenant);

    [LoggerMessage(1403, LogLevel.Warning, "What became of expired places of tenant {Tenant} is not written yet")]
    private partial void LogNotKept(Exception error, string tenant);
}
