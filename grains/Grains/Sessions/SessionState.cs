using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>What is persisted of a session: the newest events, and what all of them amount to. Older events are on pages.</summary>
[GenerateSerializer, Alias("Darkroom.SessionState")]
internal sealed class SessionState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 2;

    /// <summary>Gets or sets the layout the state was written with; 0 for a session that was never opened.</summary>
    [Id(0)]
    public int Layout { get; set; }

    /// <summary>Gets or sets the checkpoint to restore with, or null for the default.</summary>
    [Id(1)]
    public string? Model { get; set; }

    /// <summary>Gets or sets the version that the next message is about.</summary>
    [Id(2)]
    public string CurrentVersionId { get; set; } = string.Empty;

    /// <summary>Gets or sets the versions in the order they were started.</summary>
    [Id(3)]
    public List<SessionVersion> Versions { get; set; } = [];

    /// <summary>Gets or sets the events behind the last page; none is missing.</summary>
    [Id(4)]
    public List<SessionEvent> Events { get; set; } = [];

    /// <summary>Gets or sets the turns as layout 1 kept them; empty since.</summary>
    [Id(5)]
    public Dictionary<string, SessionTurn> Turns { get; set; } = [];

    /// <summary>Gets or sets the describer's sentences by the hash of the picture.</summary>
    [Id(6)]
    public Dictionary<string, KnownDescription> Descriptions { get; set; } = [];

    /// <summary>Gets or sets the events on a page; a session keeps the number it was opened with.</summary>
    [Id(7)]
    public int PageSize { get; set; }

    /// <summary>Gets or sets how many pages are written.</summary>
    [Id(8)]
    public int EventPages { get; set; }

    /// <summary>Gets or sets the turns that are remembered, oldest first.</summary>
    [Id(9)]
    public List<TurnKey> Keys { get; set; } = [];

    /// <summary>Gets or sets what the run under way is to do.</summary>
    [Id(10)]
    public RunRequest? PendingRun { get; set; }

    /// <summary>Gets or sets the version that was the current one when the run under way was started.</summary>
    [Id(11)]
    public string? PendingFrom { get; set; }

    /// <summary>Gets or sets whether the session was deleted; what is left of it is yet to go.</summary>
    [Id(12)]
    public bool IsDeleted { get; set; }

    /// <summary>Gets or sets the pipeline to restore with, or null if each run is sent where it fits.</summary>
    [Id(13)]
    public string? Pipeline { get; set; }

    /// <summary>Gets or sets the rounds that are under way, or null.</summary>
    [Id(14)]
    public RoundSeries? Rounds { get; set; }
}

/// <summary>Rounds on one picture: restore, describe the result, restore the same picture again by that.</summary>
/// <param name="TurnId">The turn that asked for them.</param>
/// <param name="OriginId">The version whose picture they restore.</param>
/// <param name="Count">At most so many.</param>
/// <param name="Done">So many have a picture.</param>
/// <param name="Before">What steered the last one; null before the first has ended.</param>
/// <param name="LastId">The version of the last one.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RoundSeries")]
internal sealed record RoundSeries(
    [property: Id(0)] string TurnId,
    [property: Id(1)] string OriginId,
    [property: Id(2)] int Count,
    [property: Id(3)] int Done,
    [property: Id(4)] string? Before,
    [property: Id(5)] string LastId);

/// <summary>A turn that was taken, to recognise it when it comes again.</summary>
/// <param name="Id">The caller's id.</param>
/// <param name="Fingerprint">Of what was said.</param>
/// <param name="Sequence">The event that records the turn.</param>
/// <param name="At">When it was taken.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.TurnKey")]
internal sealed record TurnKey(
    [property: Id(0)] string Id,
    [property: Id(1)] string Fingerprint,
    [property: Id(2)] long Sequence,
    [property: Id(3)] DateTimeOffset At);

/// <summary>A turn as layout 1 kept it.</summary>
/// <param name="Message">What was said.</param>
/// <param name="Reply">What was answered.</param>
/// <param name="Run">The run it started, or null.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SessionTurn")]
internal sealed record SessionTurn(
    [property: Id(0)] SessionMessage Message,
    [property: Id(1)] TurnReply Reply,
    [property: Id(2)] RunRequest? Run);

/// <summary>The describer's sentences about a picture.</summary>
/// <param name="Lighting">The sentence about light.</param>
/// <param name="Rain">The sentence about rain.</param>
/// <param name="Noise">The sentence about noise.</param>
/// <param name="Note">What the user is told beside the sentences; empty for nothing.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.KnownDescription")]
internal sealed record KnownDescription(
    [property: Id(0)] string Lighting,
    [property: Id(1)] string Rain,
    [property: Id(2)] string Noise,
    [property: Id(3)] string Note = "")
{
    /// <summary>Gets the three sentences as one text.</summary>
    public string Text => $"{Lighting} {Rain} {Noise}";
}
