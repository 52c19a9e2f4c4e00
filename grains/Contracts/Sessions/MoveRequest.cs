namespace Darkroom.Contracts.Sessions;

/// <summary>Asks for another version to be made the current one, once however often it is said.</summary>
/// <param name="TurnId">The caller's id of it; sent twice it is answered twice and done once.</param>
/// <param name="VersionId">The version, or null for the parent of the one that is the current one when it is done.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.MoveRequest")]
public sealed record MoveRequest([property: Id(0)] string TurnId, [property: Id(1)] string? VersionId = null);
