using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>What is persisted of a session.</summary>
[GenerateSerializer, Alias("Darkroom.SessionState")]
internal sealed class SessionState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 1;

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

    /// <summary>Gets or sets the events; the first has sequence number 1 and none is missing.</summary>
    [Id(4)]
    public List<SessionEvent> Events { get; set; } = [];

    /// <summary>Gets or sets the turns by their ids.</summary>
    [Id(5)]
    public Dictionary<string, SessionTurn> Turns { get; set; } = [];

    /// <summary>Gets or sets the describer's sentences by the hash of the picture.</summary>
    [Id(6)]
    public Dictionary<string, KnownDescription> Descriptions { get; set; } = [];
}

/// <summary>A turn as it was taken, to recognise it when it comes again.</summary>
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
[GenerateSerializer, Immutable, Alias("Darkroom.KnownDescription")]
internal sealed record KnownDescription(
    [property: Id(0)] string Lighting,
    [property: Id(1)] string Rain,
    [property: Id(2)] string Noise)
{
    /// <summary>Gets the three sentences as one text.</summary>
    public string Text => $"{Lighting} {Rain} {Noise}";
}
