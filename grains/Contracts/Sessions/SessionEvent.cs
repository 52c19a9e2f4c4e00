namespace Darkroom.Contracts.Sessions;

/// <summary>What an event tells of.</summary>
public enum SessionEventKind
{
    /// <summary>The session was opened.</summary>
    Opened,

    /// <summary>A message was answered, and nothing started.</summary>
    Answered,

    /// <summary>A message started a run.</summary>
    RunStarted,

    /// <summary>A run filled its version, which is the current one now.</summary>
    VersionReady,

    /// <summary>A run failed.</summary>
    RunFailed,

    /// <summary>A run was cancelled.</summary>
    RunCancelled,

    /// <summary>Another version was made the current one.</summary>
    CheckedOut,

    /// <summary>Rounds have ended before the description stopped changing; the answer says why. It is the last event of their turn.</summary>
    RoundsEnded,

    /// <summary>Rounds have ended since the description stopped changing. It is the last event of their turn.</summary>
    RoundsSettled,
}

/// <summary>Something that happened in a session.</summary>
/// <param name="Sequence">1 for the opening, then one more for each event; never reused.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Kind">What happened.</param>
/// <param name="UserText">What the user said, where the event is a turn.</param>
/// <param name="Answer">What the assistant said, or why the run failed.</param>
/// <param name="TurnId">The turn's id, or null.</param>
/// <param name="VersionId">The version concerned, or null.</param>
/// <param name="RunId">The run concerned, or null.</param>
/// <param name="Version">The version as it is from this event on, where the event makes or changes one: the events alone tell the whole tree.</param>
/// <param name="Description">The describer's sentences, where the answer was made of them.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SessionEvent")]
public sealed record SessionEvent(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset Time,
    [property: Id(2)] SessionEventKind Kind,
    [property: Id(3)] string? UserText,
    [property: Id(4)] string? Answer,
    [property: Id(5)] string? TurnId,
    [property: Id(6)] string? VersionId,
    [property: Id(7)] string? RunId,
    [property: Id(8)] SessionVersion? Version = null,
    [property: Id(9)] string? Description = null);
