namespace Darkroom.Contracts.Runs;

/// <summary>One stretch of a run: where it was begun or taken up, from which step on, and what all its noise came from.</summary>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="Seed">Seed of the noise; with tile and step it gives each number of it again.</param>
/// <param name="Device">Key of the device's model grain.</param>
/// <param name="ModelHash">SHA-256 of the checkpoint that took the steps.</param>
/// <param name="Tile">The first tile of the stretch.</param>
/// <param name="Step">The first step of that tile.</param>
/// <param name="StepCount">Steps of each tile.</param>
/// <param name="At">When it began.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RunLedgerEntry")]
public sealed record RunLedgerEntry(
    [property: Id(0)] int Attempt,
    [property: Id(1)] ulong Seed,
    [property: Id(2)] string Device,
    [property: Id(3)] string ModelHash,
    [property: Id(4)] int Tile,
    [property: Id(5)] int Step,
    [property: Id(6)] int StepCount,
    [property: Id(7)] DateTimeOffset At);
