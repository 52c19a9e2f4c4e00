using Darkroom.Contracts.Images;

namespace Darkroom.Contracts.Runs;

/// <summary>Where a run stands. The last three end it.</summary>
public enum RunStage
{
    /// <summary>It waits for a device.</summary>
    Queued,

    /// <summary>The picture is decoded and the words are encoded.</summary>
    Preparing,

    /// <summary>The network works on the tiles.</summary>
    Stepping,

    /// <summary>The result is put together and stored.</summary>
    Finishing,

    /// <summary>The result is there.</summary>
    Completed,

    /// <summary>It failed; the error says why.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>Why a run failed.</summary>
public enum RunErrorCode
{
    /// <summary>The source is missing, not a picture, damaged or larger than allowed.</summary>
    InvalidImage,

    /// <summary>The words or the settings cannot be used with the model.</summary>
    InvalidRequest,

    /// <summary>No silo has the model.</summary>
    ModelNotFound,

    /// <summary>No device took the run within the allowed time.</summary>
    NoDevice,

    /// <summary>The blob store failed again and again.</summary>
    Storage,

    /// <summary>The device or the model failed again and again.</summary>
    Device,
}

/// <summary>Why a run failed, for people and for programs.</summary>
/// <param name="Code">The kind of failure.</param>
/// <param name="Message">What happened, and what is allowed.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunError")]
public sealed record RunError([property: Id(0)] RunErrorCode Code, [property: Id(1)] string Message);

/// <summary>Where a run stands, and its result once it is there.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Result">The restored picture, once completed; same width and height as the source.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Description">The describer's sentences, once known.</param>
/// <param name="Instruction">The text that steered the model, once prepared.</param>
/// <param name="Model">The checkpoint that is used, once known.</param>
/// <param name="ModelHash">SHA-256 of that checkpoint.</param>
/// <param name="Steps">Steps of each tile, once prepared.</param>
/// <param name="Tiles">Tiles of the picture, once prepared.</param>
/// <param name="Attempt">1 at first; one more each time the run was moved or taken up again.</param>
/// <param name="Elapsed">Time since the start, or from start to end.</param>
/// <param name="DeviceSeconds">Time of devices that the run used, its share of passes that it had in common with others.</param>
/// <param name="Route">Which pipeline was chosen for it and why, once it was; null where the request names the model.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunStatus")]
public sealed record RunStatus(
    [property: Id(0)] string RunId,
    [property: Id(1)] RunStage Stage,
    [property: Id(2)] ImageRef? Result,
    [property: Id(3)] RunError? Error,
    [property: Id(4)] string? Description,
    [property: Id(5)] string? Instruction,
    [property: Id(6)] string? Model,
    [property: Id(7)] string? ModelHash,
    [property: Id(8)] int Steps,
    [property: Id(9)] int Tiles,
    [property: Id(10)] int Attempt,
    [property: Id(11)] TimeSpan Elapsed,
    [property: Id(12)] double DeviceSeconds = 0,
    [property: Id(13)] RunRoute? Route = null)
{
    /// <summary>Gets whether the run has ended.</summary>
    public bool HasEnded => Stage >= RunStage.Completed;
}

/// <summary>A glimpse of a run under way.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Step">Steps done of the current tile.</param>
/// <param name="StepCount">Steps of each tile; 0 before it is known.</param>
/// <param name="Tile">Tiles done.</param>
/// <param name="TileCount">Tiles of the picture; 0 before it is known.</param>
/// <param name="Fraction">How much is done, 0..1; never falls within one attempt.</param>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="Description">The describer's sentences, once known.</param>
/// <param name="Preview">The newest preview of the picture as it is now, or null. It lies in the run's own folder (<see cref="RunKey.BlobFolder"/>) until a later one replaces it or the run has ended.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunProgress")]
public sealed record RunProgress(
    [property: Id(0)] string RunId,
    [property: Id(1)] RunStage Stage,
    [property: Id(2)] int Step,
    [property: Id(3)] int StepCount,
    [property: Id(4)] int Tile,
    [property: Id(5)] int TileCount,
    [property: Id(6)] double Fraction,
    [property: Id(7)] TimeSpan Elapsed,
    [property: Id(8)] string? Description,
    [property: Id(9)] ImageRef? Preview = null);
