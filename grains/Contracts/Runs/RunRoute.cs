namespace Darkroom.Contracts.Runs;

/// <summary>Which pipeline a run went to, and why.</summary>
/// <param name="Pipeline">The pipeline's name; empty for a model of which the silos do not say what it is for.</param>
/// <param name="Model">The checkpoint, or null for the silo's default.</param>
/// <param name="Reason">Why this one, in words for the user.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunRoute")]
public sealed record RunRoute([property: Id(0)] string Pipeline, [property: Id(1)] string? Model, [property: Id(2)] string Reason);
