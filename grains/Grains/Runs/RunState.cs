using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>What is persisted of a run.</summary>
[GenerateSerializer, Alias("Darkroom.RunState")]
internal sealed class RunState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 1;

    /// <summary>Gets or sets the layout the state was written with; 0 for a run that was never started.</summary>
    [Id(0)]
    public int Layout { get; set; }

    /// <summary>Gets or sets what the run is to do.</summary>
    [Id(1)]
    public RunRequest? Request { get; set; }

    /// <summary>Gets or sets where the run stands.</summary>
    [Id(2)]
    public RunStage Stage { get; set; }

    /// <summary>Gets or sets when it was started.</summary>
    [Id(3)]
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Gets or sets when it ended.</summary>
    [Id(4)]
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Gets or sets how often it was begun or taken up.</summary>
    [Id(5)]
    public int Attempt { get; set; }

    /// <summary>Gets or sets the last checkpoint.</summary>
    [Id(6)]
    public RunCheckpoint? Checkpoint { get; set; }

    /// <summary>Gets or sets how many checkpoints were written; it makes their names unique.</summary>
    [Id(7)]
    public int CheckpointCount { get; set; }

    /// <summary>Gets or sets the number of tiles, once prepared.</summary>
    [Id(8)]
    public int Tiles { get; set; }

    /// <summary>Gets or sets the steps of each tile, once prepared.</summary>
    [Id(9)]
    public int Steps { get; set; }

    /// <summary>Gets or sets the describer's sentences, once known.</summary>
    [Id(10)]
    public string? Description { get; set; }

    /// <summary>Gets or sets the text that steers the model, once prepared.</summary>
    [Id(11)]
    public string? Instruction { get; set; }

    /// <summary>Gets or sets the model, once known.</summary>
    [Id(12)]
    public string? Model { get; set; }

    /// <summary>Gets or sets the SHA-256 of its checkpoint file.</summary>
    [Id(13)]
    public string? ModelHash { get; set; }

    /// <summary>Gets or sets the result.</summary>
    [Id(14)]
    public ImageRef? Result { get; set; }

    /// <summary>Gets or sets why it failed.</summary>
    [Id(15)]
    public RunError? Error { get; set; }

    /// <summary>Gets or sets whether the user has taken it back; the driver ends it.</summary>
    [Id(16)]
    public bool IsCancelRequested { get; set; }

    /// <summary>Gets or sets the device time it used (seconds); what was used since the last write is lost with a silo.</summary>
    [Id(17)]
    public double DeviceSeconds { get; set; }

    /// <summary>Gets or sets the stretches of the run, oldest first.</summary>
    [Id(18)]
    public List<RunLedgerEntry> Ledger { get; set; } = [];

    /// <summary>Gets or sets the parts that other devices work on; empty if one device has the whole picture.</summary>
    [Id(19)]
    public List<RunPart> Parts { get; set; } = [];

    /// <summary>Gets or sets the blob with the conditioning that the parts began from; it stays until the run has ended.</summary>
    [Id(20)]
    public string? PartsBlob { get; set; }

    /// <summary>Gets or sets which pipeline was chosen, once it was: whoever takes the run up stays with it.</summary>
    [Id(21)]
    public RunRoute? Route { get; set; }

    /// <summary>Gets or sets the trace of the call that started it (W3C Trace Context), or null: whoever takes the run up goes on in it.</summary>
    [Id(22)]
    public string? Trace { get; set; }

    /// <summary>Gets or sets the pipeline of the model, once a device has prepared the run. Not persisted: each device tells it again.</summary>
    public string? Pipeline { get; set; }

    /// <summary>Gets or sets whether the end is being written: until it is kept it is told to nobody, since a silo may yet die over it. Not persisted.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Gets the tiles of the device that puts the result together: those before the first part.</summary>
    public TileRange OwnTiles => new(0, Parts.Count > 0 ? Parts[0].Tiles.First : Tiles);

    /// <summary>Gets whether the run has ended.</summary>
    public bool HasEnded => Stage >= RunStage.Completed;

    /// <summary>Notes a new stretch of the run; the oldest one goes when there are many.</summary>
    public void Note(RunLedgerEntry entry)
    {
        const int Kept = 64;
        Ledger.Add(entry);
        if (Ledger.Count > Kept)
            Ledger.RemoveAt(0);
    }

    /// <summary>Tells how long it has taken, or took; the wall clock may have been set back meanwhile.</summary>
    public TimeSpan Elapsed(DateTimeOffset now)
    {
        var elapsed = (EndedAt ?? now) - StartedAt;
        return elapsed > TimeSpan.Zero ? elapsed : TimeSpan.Zero;
    }

    /// <summary>Tells where the run stands.</summary>
    public RunStatus ToStatus(string runId, DateTimeOffset now) => new(
        runId, IsEnding ? RunStage.Finishing : Stage, IsEnding ? null : Result, IsEnding ? null : Error, Description, Instruction, Model, ModelHash, Steps, Tiles, Attempt, Elapsed(now), DeviceSeconds, Route);
}
