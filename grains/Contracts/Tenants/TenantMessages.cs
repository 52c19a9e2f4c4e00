using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Tenants;

/// <summary>What a tenant can have used up.</summary>
public enum QuotaLimit
{
    /// <summary>Runs under way at once.</summary>
    ConcurrentRuns,

    /// <summary>Runs that wait for their turn.</summary>
    QueuedRuns,

    /// <summary>Time of devices within a day (UTC), in seconds.</summary>
    DeviceSecondsPerDay,

    /// <summary>Idempotency keys that are remembered at once.</summary>
    IdempotencyKeys,
}

/// <summary>Asks for a place.</summary>
/// <param name="RunId">The run; it need not be started yet.</param>
/// <param name="Priority">Whether a person waits for it.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.AdmitRequest")]
public sealed record AdmitRequest([property: Id(0)] string RunId, [property: Id(1)] RunPriority Priority);

/// <summary>Keeps a place.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Priority">Whether a person waits for it.</param>
/// <param name="IsUnderWay">Whether the run had its turn already: it keeps it whatever the account says.</param>
/// <param name="DeviceSeconds">Device time the run has used since its start.</param>
/// <param name="MaxWait">How long to wait for the run's turn.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RenewRequest")]
public sealed record RenewRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] RunPriority Priority,
    [property: Id(2)] bool IsUnderWay,
    [property: Id(3)] double DeviceSeconds,
    [property: Id(4)] TimeSpan MaxWait);

/// <summary>A run's place.</summary>
/// <param name="IsActive">Whether it is the run's turn; else it waits for another run's end.</param>
/// <param name="Lease">For how long the place is the run's, unless it is kept.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.Admission")]
public sealed record Admission([property: Id(0)] bool IsActive, [property: Id(1)] TimeSpan Lease);

/// <summary>What a run used, when it has ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Stage">How it ended.</param>
/// <param name="DeviceSeconds">Device time it used since its start.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunUsage")]
public sealed record RunUsage(
    [property: Id(0)] string RunId,
    [property: Id(1)] RunStage Stage,
    [property: Id(2)] double DeviceSeconds);

/// <summary>What a tenant used on one day.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="DeviceSeconds">Device time, of runs under way too.</param>
/// <param name="Images">Pictures that were restored.</param>
/// <param name="Runs">Runs that ended, restored or not.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.UsageDay")]
public sealed record UsageDay(
    [property: Id(0)] DateOnly Day,
    [property: Id(1)] double DeviceSeconds,
    [property: Id(2)] long Images,
    [property: Id(3)] long Runs);

/// <summary>What a tenant may.</summary>
/// <param name="MaxConcurrentRuns">Runs under way at once.</param>
/// <param name="MaxQueuedRuns">Runs that wait for their turn.</param>
/// <param name="DeviceSecondsPerDay">Time of devices within a day (UTC), in seconds; null for as much as there is.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.TenantLimits")]
public sealed record TenantLimits(
    [property: Id(0)] int MaxConcurrentRuns,
    [property: Id(1)] int MaxQueuedRuns,
    [property: Id(2)] double? DeviceSecondsPerDay);

/// <summary>What a tenant may, has and has used.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Limits">What it may.</param>
/// <param name="ActiveRuns">Runs under way.</param>
/// <param name="QueuedRuns">Runs that wait for their turn.</param>
/// <param name="Today">What it used today.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.TenantStatus")]
public sealed record TenantStatus(
    [property: Id(0)] string Tenant,
    [property: Id(1)] TenantLimits Limits,
    [property: Id(2)] int ActiveRuns,
    [property: Id(3)] int QueuedRuns,
    [property: Id(4)] UsageDay Today);
