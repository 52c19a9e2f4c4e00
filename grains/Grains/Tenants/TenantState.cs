using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;

namespace Darkroom.Grains.Tenants;

/// <summary>What is persisted of a tenant. Its size depends on the limits, not on how much was ever done.</summary>
[GenerateSerializer, Alias("Darkroom.TenantState")]
internal sealed class TenantState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 1;

    /// <summary>Gets or sets the layout the state was written with; 0 for a tenant that never had a run.</summary>
    [Id(0)]
    public int Layout { get; set; }

    /// <summary>Gets or sets the places, in the order in which they were given.</summary>
    [Id(1)]
    public List<RunLease> Leases { get; set; } = [];

    /// <summary>Gets or sets what was used, a line a day, oldest first.</summary>
    [Id(2)]
    public List<UsageDay> Days { get; set; } = [];

    /// <summary>Gets or sets the runs that were counted last: who tells it again is not counted again.</summary>
    [Id(3)]
    public List<SettledRun> Settled { get; set; } = [];
}

/// <summary>A run's place.</summary>
[GenerateSerializer, Alias("Darkroom.RunLease")]
internal sealed class RunLease
{
    /// <summary>Gets or sets the run.</summary>
    [Id(0)]
    public required string RunId { get; set; }

    /// <summary>Gets or sets whether a person waits for it.</summary>
    [Id(1)]
    public RunPriority Priority { get; set; }

    /// <summary>Gets or sets since when it is the run's turn; null while it waits.</summary>
    [Id(2)]
    public DateTimeOffset? ActiveSince { get; set; }

    /// <summary>Gets or sets until when the run keeps it without being heard of.</summary>
    [Id(3)]
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Gets or sets the device time of the run that is in the ledger already (seconds).</summary>
    [Id(4)]
    public double DeviceSeconds { get; set; }

    /// <summary>Gets or sets how often in a row the run was asked and did not answer.</summary>
    [Id(5)]
    public int Misses { get; set; }

    /// <summary>Gets whether it is the run's turn.</summary>
    public bool IsActive => ActiveSince is not null;
}

/// <summary>A run that was counted.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SettledRun")]
internal sealed record SettledRun([property: Id(0)] string RunId, [property: Id(1)] DateTimeOffset At);
