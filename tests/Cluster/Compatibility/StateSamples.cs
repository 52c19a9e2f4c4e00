using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
using Darkroom.Grains.Jobs;
using Darkroom.Grains.Leases;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Sessions;
using Darkroom.Grains.Tenants;
using Darkroom.Tests.Unit.Contracts;
using Orleans.Serialization;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>One of each type that grains keep, with a value in every member.</summary>
internal static class StateSamples
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private static readonly ImageRef Image = ContractSamples.Image;

    private static readonly RunError Error = new(RunErrorCode.Storage, "the disk is full");

    private static readonly RunPart Part = new() { Tiles = new TileRange(16, 32), Checkpoint = ContractSamples.Checkpoint };

    private static readonly JobWorkItem Item = new() { Index = 3, Item = Of<JobItem>(), Attempt = 2, Source = Image, RunId = "t/r" };

    private static readonly RoundSeries Rounds = new("turn", "v1", 5, 2, "brighter", "v3");

    private static readonly TurnKey Turn = new("turn", "ab12", 9, At);

    private static readonly SessionTurn OldTurn = new(Of<SessionMessage>(), Of<TurnReply>(), ContractSamples.Request);

    private static readonly KnownDescription Description = new("It is dark.", "It rains.", "It is noisy.", "It was not sure.");

    private static readonly ClaimedKey Key = new("ab12", "t/r", At);

    private static readonly RunLease Lease = new() { RunId = "t/r", Priority = RunPriority.Batch, ActiveSince = At, ExpiresAt = At.AddMinutes(1), DeviceSeconds = 1.5, Misses = 2 };

    private static readonly SettledRun Settled = new("t/r", At);

    private static readonly RunState Run = new()
    {
        Layout = RunState.CurrentLayout,
        Request = ContractSamples.Request,
        Stage = RunStage.Stepping,
        StartedAt = At,
        EndedAt = At.AddMinutes(1),
        Attempt = 2,
        Checkpoint = ContractSamples.Checkpoint,
        CheckpointCount = 7,
        Tiles = 4,
        Steps = 50,
        Description = "seen",
        Instruction = "told",
        Model = "m",
        ModelHash = "hash",
        Result = Image,
        Error = Error,
        IsCancelRequested = true,
        DeviceSeconds = 1.5,
        Ledger = [Of<RunLedgerEntry>()],
        Parts = [Part],
        PartsBlob = "runs/a/b/c",
        Route = Of<RunRoute>(),
        Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    private static readonly JobState Job = new()
    {
        Layout = JobState.CurrentLayout,
        Request = Of<JobRequest>(),
        Stage = JobStage.Running,
        StartedAt = At,
        EndedAt = At.AddMinutes(1),
        Attempt = 2,
        Folder = "jobs/t/j/x/",
        PageSize = 16,
        Total = 60,
        Next = 30,
        Open = [Item],
        Recent = [Of<JobItemResult>()],
        ResultPages = 1,
        Completed = 15,
        Quarantined = 2,
        Cancelled = 3,
        IsPaused = true,
        IsCancelRequested = true,
        ResultsHash = "ab12",
        Changes = ["change"],
        Error = Error,
    };

    private static readonly SessionState Session = new()
    {
        Layout = SessionState.CurrentLayout,
        Model = "m",
        CurrentVersionId = "v1",
        Versions = [Of<SessionVersion>()],
        Events = [Of<SessionEvent>()],
        Turns = new() { ["turn"] = OldTurn },
        Descriptions = new() { ["ab12"] = Description },
        PageSize = 100,
        EventPages = 3,
        Keys = [Turn],
        PendingRun = ContractSamples.Request,
        PendingFrom = "v0",
        IsDeleted = true,
        Pipeline = "llmra",
        Rounds = Rounds,
    };

    private static readonly TenantState Tenant = new() { Layout = TenantState.CurrentLayout, Leases = [Lease], Days = [Of<UsageDay>()], Settled = [Settled] };

    private static readonly KeyState Keys = new() { Layout = KeyState.CurrentLayout, Keys = new() { ["order-17"] = Key } };

    private static readonly LeaseState Duty = new() { Layout = LeaseState.CurrentLayout, Holder = "silo-1", Duration = TimeSpan.FromSeconds(15), Term = 3 };

    /// <summary>Gets the states as the storage writes them, by the name of their state.</summary>
    public static IReadOnlyList<KeptState> States { get; } =
        [KeptState.Of("run", Run), KeptState.Of("job", Job), KeptState.Of("session", Session), KeptState.Of("tenant", Tenant), KeptState.Of("key", Keys), KeptState.Of("lease", Duty)];

    /// <summary>Gets one of each type that is written as part of a state or a message.</summary>
    public static IReadOnlyList<object> All { get; } =
        [Run, Part, Job, Item, Session, Rounds, Turn, OldTurn, Description, Tenant, Lease, Settled, Keys, Key, Duty];

    private static T Of<T>() => ContractSamples.Messages.OfType<T>().First();
}

/// <summary>A state as the storage writes it: its type is known from the grain, so it is not in the bytes.</summary>
internal sealed record KeptState(string Name, object Value, Func<Serializer, byte[]> Write, Func<Serializer, byte[], object> Read)
{
    public static KeptState Of<T>(string name, T value)
        where T : notnull => new(name, value, serializer => serializer.SerializeToArray(value), (serializer, bytes) => serializer.Deserialize<T>(bytes));
}
