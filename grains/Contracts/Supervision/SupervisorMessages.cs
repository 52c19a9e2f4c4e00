using System.Collections.Immutable;

namespace Darkroom.Contracts.Supervision;

/// <summary>A silo's sign of life.</summary>
/// <param name="Silo">Its address in the parsable form.</param>
/// <param name="IsLeaving">Whether the silo hands its work over and goes.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SiloPulse")]
public sealed record SiloPulse([property: Id(0)] string Silo, [property: Id(1)] bool IsLeaving = false);

/// <summary>What the supervisor knows.</summary>
/// <param name="Silos">Silos that sent a pulse lately.</param>
/// <param name="Unfinished">Runs and jobs that the last full round found unfinished; those under way are among them.</param>
/// <param name="Rounds">Full rounds since the supervisor was activated.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SupervisorStatus")]
public sealed record SupervisorStatus(
    [property: Id(0)] ImmutableArray<string> Silos,
    [property: Id(1)] int Unfinished,
    [property: Id(2)] long Rounds);
