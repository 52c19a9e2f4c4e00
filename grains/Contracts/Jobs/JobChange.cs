namespace Darkroom.Contracts.Jobs;

/// <summary>Pauses a job or lets it go on, once however often it is said.</summary>
/// <param name="ChangeId">The caller's id of it; one that comes again while the job remembers it changes nothing.</param>
/// <param name="IsPaused">Whether the job is paused from then on.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.JobChange")]
public sealed record JobChange([property: Id(0)] string ChangeId, [property: Id(1)] bool IsPaused);
