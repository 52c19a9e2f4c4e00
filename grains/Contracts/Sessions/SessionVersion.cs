using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Sessions;

/// <summary>How far a version is.</summary>
public enum VersionState
{
    /// <summary>Its run is under way.</summary>
    Pending,

    /// <summary>It has a picture.</summary>
    Ready,

    /// <summary>Its run failed; <see cref="SessionVersion.Error"/> says why.</summary>
    Failed,

    /// <summary>Its run was cancelled.</summary>
    Cancelled,
}

/// <summary>One picture in a session's tree, and all that is needed to make it again.</summary>
/// <param name="Id">The version's id within the session, such as <c>v2</c>.</param>
/// <param name="ParentId">The version it was made from, or null for the picture as it was opened.</param>
/// <param name="State">How far it is.</param>
/// <param name="Image">Its picture, once it is ready.</param>
/// <param name="Kind">The command it came from, or null for the opened picture.</param>
/// <param name="Instruction">The user's words.</param>
/// <param name="Description">The describer's sentences that steered it, or null.</param>
/// <param name="RunId">The run that made it, or null for the opened picture.</param>
/// <param name="Settings">The settings of that run.</param>
/// <param name="Model">The checkpoint that made it, once known.</param>
/// <param name="ModelHash">SHA-256 of that checkpoint.</param>
/// <param name="Error">Why its run failed, or null.</param>
/// <param name="Route">Which pipeline was chosen for it and why; null where the session names the model.</param>
/// <param name="Round">Which round of how many it is, or null for a version of its own.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SessionVersion")]
public sealed record SessionVersion(
    [property: Id(0)] string Id,
    [property: Id(1)] string? ParentId,
    [property: Id(2)] VersionState State,
    [property: Id(3)] ImageRef? Image,
    [property: Id(4)] RunKind? Kind,
    [property: Id(5)] string Instruction,
    [property: Id(6)] string? Description,
    [property: Id(7)] string? RunId,
    [property: Id(8)] RestorationSettings Settings,
    [property: Id(9)] string? Model,
    [property: Id(10)] string? ModelHash,
    [property: Id(11)] RunError? Error,
    [property: Id(12)] RunRoute? Route = null,
    [property: Id(13)] VersionRound? Round = null);

/// <summary>A round among others on the same picture.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Count">At most so many there are.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.VersionRound")]
public sealed record VersionRound([property: Id(0)] int Number, [property: Id(1)] int Count);
