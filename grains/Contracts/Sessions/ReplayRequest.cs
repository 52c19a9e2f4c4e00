using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Sessions;

/// <summary>Asks for a version to be made once more: from the same picture, with the same words, by the same model.</summary>
/// <param name="TurnId">The caller's id of the turn; sent twice it is answered twice and done once.</param>
/// <param name="VersionId">The version to make again, or null for the current one.</param>
/// <param name="Seed">The seed, or null for that of the version.</param>
/// <param name="Settings">All settings, or null for those of the version; <paramref name="Seed"/> goes before theirs.</param>
/// <remarks>With nothing changed the picture is the same, as long as the model's file is.</remarks>
[GenerateSerializer, Immutable, Alias("Darkroom.ReplayRequest")]
public sealed record ReplayRequest(
    [property: Id(0)] string TurnId,
    [property: Id(1)] string? VersionId = null,
    [property: Id(2)] ulong? Seed = null,
    [property: Id(3)] RestorationSettings? Settings = null);
