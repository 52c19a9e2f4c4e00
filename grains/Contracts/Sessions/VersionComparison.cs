using System.Collections.Immutable;

namespace Darkroom.Contracts.Sessions;

/// <summary>Two versions beside each other.</summary>
/// <param name="Before">The one; its picture is there.</param>
/// <param name="After">The other; its picture is there.</param>
/// <param name="CommonAncestorId">The newest version that both came from; one of them if the other came from it.</param>
/// <param name="Differences">What they were made with, where it differs.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.VersionComparison")]
public sealed record VersionComparison(
    [property: Id(0)] SessionVersion Before,
    [property: Id(1)] SessionVersion After,
    [property: Id(2)] string CommonAncestorId,
    [property: Id(3)] ImmutableArray<VersionDifference> Differences);

/// <summary>Something that two versions were made with, and that differs.</summary>
/// <param name="Name">What it is, such as <c>seed</c>.</param>
/// <param name="Before">What it was for the one.</param>
/// <param name="After">What it was for the other.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.VersionDifference")]
public sealed record VersionDifference([property: Id(0)] string Name, [property: Id(1)] string Before, [property: Id(2)] string After);
