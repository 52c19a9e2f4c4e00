using System.Collections.Immutable;
using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Leases;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Supervision;
using Darkroom.Contracts.Tenants;

namespace Darkroom.Tests.Unit.Contracts;

/// <summary>One message of each kind, with a value in every member.</summary>
internal static class ContractSamples
{
    public static ImageRef Image { get; } = new("ab12", 640, 480, "image/png", 12345);

    public static RestorationSettings Settings { get; } = new(0.5, ulong.MaxValue, 50, 7.5, new RestorationRegion("ab12", new RegionBox(1, 2, 3, 4), 5), "ddpm", 37.5, 1.5);

    public static RunRequest Request { get; } = new(Image, RunKind.Refine, "brighter", "The sky is dark.", Settings, "llmra-compact", RunPriority.Batch, "llmra");

    public static RunCheckpoint Checkpoint { get; } = new("runs/a/b/c", 3, 35, "hash", "It is dark.", "It is dark. brighter");

    public static IReadOnlyList<object> Messages { get; } =
    [
        Image,
        new RenderRequest(512, "image/png", 16, "what was done", true),
        new PipelineInfo("vlm-imi", ["a", "b"]),
        new CheckpointInfo("a", "vlm-imi", true, true),
        Settings,
        Settings.Region!,
        Settings.Region!.Box!,
        Request,
        Checkpoint,
        new RunError(RunErrorCode.Storage, "the disk is full"),
        new RunStatus("t/r", RunStage.Failed, Image, new RunError(RunErrorCode.Device, "no"), "seen", "told", "m", "h", 50, 4, 2, TimeSpan.FromSeconds(3), 1.5, Route),
        Route,
        new RunProgress("t/r", RunStage.Stepping, 3, 50, 1, 4, 0.25, TimeSpan.FromSeconds(1), "seen", Image),
        new RunLedgerEntry(2, 7, "s/cpu:0/m", "hash", 1, 35, 50, DateTimeOffset.UnixEpoch.AddDays(1)),
        new OpenSessionRequest("ab12", "llmra-compact", "llmra"),
        new SessionInfo("t", "s", Image, "m", "v1", Image, 2, 7, "llmra"),
        new SessionMessage("turn", "<refine> brighter", Settings, 3),
        new TurnReply("turn", TurnOutcome.RunStarted, "No problem", "dark", "t/r", "v1", 5, 3),
        Version,
        Round,
        new ReplayRequest("turn", "v1", 7, Settings),
        new MoveRequest("turn", "v1"),
        new VersionComparison(Version, Version, "v0", [new VersionDifference("seed", "0", "7")]),
        new VersionDifference("seed", "0", "7"),
        new SessionEvent(9, DateTimeOffset.UnixEpoch.AddDays(1), SessionEventKind.RunFailed, "said", "answered", "turn", "v1", "t/r", Version, "seen"),
        new DescribeRequest(Image, "t", 2.5),
        new DescribeResult(DeviceOutcome.Done, Description),
        Description,
        new PrepareRequest("t/r", Request, Checkpoint, TimeSpan.FromSeconds(2), new TileRange(16, 32)),
        new PrepareResult(DeviceOutcome.Done, 4, 50, "seen", "told", "hash", 0.5, TimeSpan.FromSeconds(3), "llmra"),
        new StepRequest("t/r", 5, "runs/a", TimeSpan.FromSeconds(2), true, 10, TimeSpan.FromSeconds(1), new TileRange(16, 32)),
        new TileRange(16, 32),
        new StepResult(DeviceOutcome.Working, 1, 2, Checkpoint, 0.5, Image),
        new KeepResult(KeepOutcome.NoRoom, "full"),
        new LeaseGrant(true, "127.0.0.1:1@2/a", 3),
        new SiloPulse("127.0.0.1:1@2", true),
        new SupervisorStatus(["127.0.0.1:1@2"], 3, 4),
        new FinishRequest("t/r", TimeSpan.FromSeconds(2)),
        new FinishResult(DeviceOutcome.Done, Image),
        new SiloReport("127.0.0.1:1@2", [new DeviceReport("cpu:0", 1, 2, ["m"])], ["m", "n"], "m", true, [Report]),
        Report,
        new DeviceReport("cpu:0", 1, 2, ["m"], true, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5)),
        new PickRequest("m", ["a/b/c"], ["d/e/f"]),
        new DeviceRoute(RouteOutcome.Found, "a/b/c", ["m"]),
        new JobItem("a.png", "ab12"),
        new JobChange("change", true),
        new JobItemResult(3, "a.png", JobItemOutcome.Quarantined, Image, Image, new RunError(RunErrorCode.InvalidImage, "no"), "t/r", 2, Route),
        new JobRequest("holiday/", "ab12", RunKind.Refine, "brighter", Settings, "llmra-compact", 4, "llmra"),
        new JobStatus("t/j", JobStage.Failed, 10, 1, 2, 3, 4, "ab12", new RunError(RunErrorCode.Storage, "gone"), 2, TimeSpan.FromSeconds(3)),
        new AdmitRequest("t/r", RunPriority.Batch),
        new RenewRequest("t/r", RunPriority.Batch, true, 1.5, TimeSpan.FromSeconds(2)),
        new Admission(true, TimeSpan.FromSeconds(60)),
        new RunUsage("t/r", RunStage.Completed, 1.5),
        Usage,
        Limits,
        new TenantStatus("t", Limits, 3, 4, Usage),
        new KeyClaim("t/r", true, DateTimeOffset.UnixEpoch.AddDays(1)),
        new KeyConflictException("another"),
        new QuotaExceededException("too much", QuotaLimit.QueuedRuns, 11, 10, TimeSpan.FromSeconds(7)),
        new JobConflictException("another"),
        new JobNotFoundException("none"),
        new DeviceFailedException("it broke"),
        new DeviceUnavailableException("gone"),
        new NonFiniteResultException("NaN"),
        new InvalidImageException("no picture"),
        new InvalidRequestException("no"),
        new RunConflictException("another"),
        new RunNotFoundException("none"),
        new SessionConflictException("another"),
        new SessionNotFoundException("none"),
        new GrainFailedException("broke"),
        new StorageFailedException("full"),
    ];

    private static SessionVersion Version => new(
        "v1", "v0", VersionState.Failed, Image, RunKind.Restore, "words", "seen", "t/r", Settings, "m", "h", new RunError(RunErrorCode.NoDevice, "none"), Route, Round);

    private static VersionRound Round => new(2, 3);

    private static RunRoute Route => new("vlm-imi", "m", "it was asked for");

    private static PipelineReport Report => new("m", "diff-plugin", ["clip-vision"], ["derain"]);

    private static UsageDay Usage => new(new DateOnly(2026, 11, 21), 12.5, 3, 4);

    private static TenantLimits Limits => new(8, 100, 3600);

    private static PictureDescription Description => new(25.5, 0.9, 0.1, "It is dark.", "It rains.", "It is noisy.", "It was not sure.");
}
