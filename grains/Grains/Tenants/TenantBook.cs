using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;

namespace Darkroom.Grains.Tenants;

/// <summary>The rules of a tenant's places and of its ledger.</summary>
/// <remarks>Changes the state in memory only; the grain writes it before anybody hears of a new place.</remarks>
internal sealed class TenantBook(string tenant, TenantState state, Func<TenantOptions> options, TimeProvider time)
{
    /// <summary>How often in a row a run may leave unanswered whether it is still there before its place is taken.</summary>
    public const int MaxMisses = 3;

    // 64 short runs a second; of more, those that ended first are forgotten first.
    private const int MaxRemembered = 4_096;
    private const int AlwaysRemembered = 64;

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MinRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, RunLease> leases = state.Leases.ToDictionary(lease => lease.RunId, StringComparer.Ordinal);

    // Of runs that ended while this activation lives; guesses when the next place is free.
    private double meanSeconds;

    /// <summary>Gets what the tenant may.</summary>
    public TenantLimits Limits => options().LimitsOf(tenant);

    /// <summary>Gets the runs under way.</summary>
    public int ActiveCount => state.Leases.Count(lease => lease.IsActive);

    /// <summary>Gets the runs that wait for their turn.</summary>
    public int QueuedCount => state.Leases.Count - ActiveCount;

    /// <summary>Gets what was used today.</summary>
    public UsageDay Today => state.Days.Find(line => line.Day == DayOf(time.GetUtcNow())) ?? new UsageDay(DayOf(time.GetUtcNow()), 0, 0, 0);

    /// <summary>Finds a run's place.</summary>
    public RunLease? Find(string runId) => leases.GetValueOrDefault(runId);

    /// <summary>Gives a run a place that it does not have yet.</summary>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed.</exception>
    public RunLease Admit(string runId, RunPriority priority)
    {
        var limits = Limits;
        var used = Today.DeviceSeconds;
        if (IsUsedUp && limits.DeviceSecondsPerDay is { } allowed)
        {
            throw new QuotaExceededException(
                $"The tenant '{tenant}' has used {used:0.#} device seconds today (UTC); {allowed:0.#} are allowed ({Setting(nameof(TenantOptions.DeviceSecondsPerDay))}).",
                QuotaLimit.DeviceSecondsPerDay, used, allowed, UntilTomorrow());
        }

        var (active, queued) = (ActiveCount, QueuedCount);
        if (!HasRoom(priority, active) && queued >= limits.MaxQueuedRuns)
        {
            var (limit, actual, most, setting) = limits.MaxQueuedRuns == 0
                ? (QuotaLimit.ConcurrentRuns, active, limits.MaxConcurrentRuns, nameof(TenantOptions.MaxConcurrentRuns))
                : (QuotaLimit.QueuedRuns, queued, limits.MaxQueuedRuns, nameof(TenantOptions.MaxQueuedRuns));
            throw new QuotaExceededException(
                $"The tenant '{tenant}' has {active} runs under way and {queued} that wait; allowed are {limits.MaxConcurrentRuns} and {limits.MaxQueuedRuns} ({Setting(setting)}).",
                limit, actual, most, UntilNextPlace(active));
        }

        return Add(runId, priority);
    }

    /// <summary>Gives a run that was let in before its place back, whatever the limits say.</summary>
    /// <returns>The place; null if the run has ended and was counted: whoever asks is late.</returns>
    public RunLease? Restore(string runId, RunPriority priority) => IsSettled(runId) ? null : Add(runId, priority);

    /// <summary>Keeps a place.</summary>
    /// <param name="lease">The place.</param>
    /// <param name="deviceSeconds">Device time the run has used since its start.</param>
    public void Renew(RunLease lease, double deviceSeconds)
    {
        (lease.ExpiresAt, lease.Misses) = (time.GetUtcNow() + options().LeaseDuration, 0);
        Charge(lease, deviceSeconds);
    }

    /// <summary>Gives whoever waits longest its turn, those first for which a person waits, as long as there is room.</summary>
    /// <returns>The runs whose turn it is now.</returns>
    public List<string> Promote()
    {
        var promoted = new List<string>();
        var active = ActiveCount;
        foreach (var lease in state.Leases.Where(lease => !lease.IsActive).OrderBy(lease => lease.Priority))
        {
            if (!HasRoom(lease.Priority, active))
                break;
            lease.ActiveSince = time.GetUtcNow();
            active++;
            promoted.Add(lease.RunId);
        }

        return promoted;
    }

    /// <summary>Takes a run's place back and counts what it used; a run that was counted lately is not counted again.</summary>
    public void Settle(RunUsage usage)
    {
        if (IsSettled(usage.RunId))
            return;
        var lease = Remove(usage.RunId);
        if (lease?.ActiveSince is { } since)
            Measure((time.GetUtcNow() - since).TotalSeconds);
        Add(Math.Max(0, usage.DeviceSeconds - (lease?.DeviceSeconds ?? 0)), usage.Stage == RunStage.Completed ? 1 : 0, 1);
        Remember(usage.RunId);
    }

    /// <summary>Takes back a place whose run was never started, or does not answer.</summary>
    public void Drop(string runId) => Remove(runId);

    /// <summary>Lists the places of runs that were not heard of in time.</summary>
    public List<RunLease> Expired()
    {
        var now = time.GetUtcNow();
        var longest = now + options().LeaseDuration;
        foreach (var lease in state.Leases.Where(lease => lease.ExpiresAt > longest))
            lease.ExpiresAt = longest;   // the clock was set back
        return state.Leases.FindAll(lease => lease.ExpiresAt <= now);
    }

    private static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private RunLease Add(string runId, RunPriority priority)
    {
        var lease = new RunLease
        {
            RunId = runId,
            Priority = priority,
            // Whoever waits already goes first, unless only jobs wait and a person asks.
            ActiveSince = HasRoom(priority, ActiveCount) && !state.Leases.Exists(other => !other.IsActive && other.Priority <= priority) ? time.GetUtcNow() : null,
            ExpiresAt = time.GetUtcNow() + options().LeaseDuration,
        };
        state.Layout = TenantState.CurrentLayout;
        state.Leases.Add(lease);
        leases.Add(runId, lease);
        return lease;
    }

    private RunLease? Remove(string runId)
    {
        if (leases.Remove(runId, out var lease))
            state.Leases.Remove(lease);
        return lease;
    }

    // What a run under way has used would be lost if it were stopped: it goes on to its end, and counts. No further one begins.
    private bool IsUsedUp => Limits.DeviceSecondsPerDay is { } allowed && Today.DeviceSeconds >= allowed;

    private bool HasRoom(RunPriority priority, int active)
    {
        if (IsUsedUp)
            return false;
        var most = Limits.MaxConcurrentRuns;
        return active < (priority == RunPriority.Batch ? Math.Max(1, most - options().ReservedForInteractive) : most);
    }

    private void Charge(RunLease lease, double deviceSeconds)
    {
        var added = deviceSeconds - lease.DeviceSeconds;
        if (added <= 0)
            return;
        lease.DeviceSeconds = deviceSeconds;
        Add(added, 0, 0);
    }

    private void Add(double deviceSeconds, long images, long runs)
    {
        var line = Today;
        var index = state.Days.FindIndex(other => other.Day >= line.Day);
        if (index < 0)
            index = state.Days.Count;
        if (index == state.Days.Count || state.Days[index].Day != line.Day)
            state.Days.Insert(index, line);
        state.Days[index] = line with { DeviceSeconds = line.DeviceSeconds + deviceSeconds, Images = line.Images + images, Runs = line.Runs + runs };
        if (state.Days.Count > options().LedgerDays)
            state.Days.RemoveRange(0, state.Days.Count - options().LedgerDays);
    }

    // A run tells its end again only while it still waits for the answer, which is seconds.
    private void Remember(string runId)
    {
        var now = time.GetUtcNow();
        // A clock that jumps makes all of them old at once.
        var spare = Math.Max(0, state.Settled.Count + 1 - AlwaysRemembered);
        state.Settled.RemoveRange(0, state.Settled.Take(spare).TakeWhile(run => (now - run.At).Duration() > Remembered).Count());
        state.Settled.Add(new SettledRun(runId, now));
        if (state.Settled.Count > MaxRemembered)
            state.Settled.RemoveRange(0, state.Settled.Count - MaxRemembered);
    }

    private bool IsSettled(string runId) => state.Settled.Exists(run => run.RunId == runId);

    private void Measure(double seconds)
    {
        if (seconds >= 0)
            meanSeconds = meanSeconds == 0 ? seconds : (0.8 * meanSeconds) + (0.2 * seconds);
    }

    private string Setting(string name) => options().Overrides.TryGetValue(tenant, out var other) && typeof(TenantOverride).GetProperty(name)!.GetValue(other) is not null
        ? $"{TenantOptions.SectionName}:{nameof(TenantOptions.Overrides)}:{tenant}:{name}"
        : $"{TenantOptions.SectionName}:{name}";

    private TimeSpan UntilTomorrow()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return now.Date.AddDays(1) - now;
    }

    private TimeSpan UntilNextPlace(int active)
    {
        var expected = TimeSpan.FromSeconds(Math.Min(MaxRetry.TotalSeconds, meanSeconds / Math.Max(1, active)));
        return expected < MinRetry ? MinRetry : expected;
    }
}
