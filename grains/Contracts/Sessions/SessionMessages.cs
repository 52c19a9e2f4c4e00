using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Sessions;

/// <summary>Asks to open a session.</summary>
/// <param name="ContentHash">SHA-256 of the picture's file, which is already in the content store.</param>
/// <param name="Model">Checkpoint to restore with, or null for the pipeline's.</param>
/// <param name="Pipeline">Pipeline to restore with, or null: without a model each run then goes where its words, its picture and the checkpoints that are there suggest.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.OpenSessionRequest")]
public sealed record OpenSessionRequest(
    [property: Id(0)] string ContentHash,
    [property: Id(1)] string? Model = null,
    [property: Id(2)] string? Pipeline = null);

/// <summary>What a session holds.</summary>
/// <param name="Tenant">Who owns it.</param>
/// <param name="Session">Its name.</param>
/// <param name="Source">The picture as it was opened.</param>
/// <param name="Model">The checkpoint it restores with, or null for the pipeline's.</param>
/// <param name="CurrentVersionId">The version that the next message is about.</param>
/// <param name="CurrentImage">That version's picture.</param>
/// <param name="VersionCount">Number of versions, the opened picture included.</param>
/// <param name="LastSequence">Sequence number of the last event.</param>
/// <param name="Pipeline">The pipeline it restores with, or null if each run is sent where it fits.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SessionInfo")]
public sealed record SessionInfo(
    [property: Id(0)] string Tenant,
    [property: Id(1)] string Session,
    [property: Id(2)] ImageRef Source,
    [property: Id(3)] string? Model,
    [property: Id(4)] string CurrentVersionId,
    [property: Id(5)] ImageRef CurrentImage,
    [property: Id(6)] int VersionCount,
    [property: Id(7)] long LastSequence,
    [property: Id(8)] string? Pipeline = null);

/// <summary>One message of the user.</summary>
/// <param name="TurnId">The caller's id of the turn; sent twice it is answered twice and done once.</param>
/// <param name="Text">What the user says.</param>
/// <param name="Settings">Settings for the run that the message may start.</param>
/// <param name="Rounds">At most so many rounds, 1 to <see cref="MaxRounds"/>: from the second on the picture is restored again by the description of the round before, until that stops changing. The text may ask for more.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SessionMessage")]
public sealed record SessionMessage(
    [property: Id(0)] string TurnId,
    [property: Id(1)] string Text,
    [property: Id(2)] RestorationSettings Settings,
    [property: Id(3)] int Rounds = 1)
{
    /// <summary>The largest number of rounds that is accepted.</summary>
    public const int MaxRounds = 20;
}

/// <summary>What came of a message.</summary>
public enum TurnOutcome
{
    /// <summary>It was conversation; nothing was started.</summary>
    Answered,

    /// <summary>It started a run.</summary>
    RunStarted,

    /// <summary>It could not be taken; the answer says why.</summary>
    Refused,
}

/// <summary>The answer to a message.</summary>
/// <param name="TurnId">The message's id.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Answer">What the assistant says.</param>
/// <param name="Description">The describer's sentences about the current version, if they were asked for or are known.</param>
/// <param name="RunId">The run that was started, or null.</param>
/// <param name="VersionId">The version that the run will fill, or null.</param>
/// <param name="Sequence">Sequence number of the event that records the turn.</param>
/// <param name="Rounds">How many rounds the run is the first of, at most; the session's events tell of the others.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.TurnReply")]
public sealed record TurnReply(
    [property: Id(0)] string TurnId,
    [property: Id(1)] TurnOutcome Outcome,
    [property: Id(2)] string Answer,
    [property: Id(3)] string? Description,
    [property: Id(4)] string? RunId,
    [property: Id(5)] string? VersionId,
    [property: Id(6)] long Sequence,
    [property: Id(7)] int Rounds = 1);
