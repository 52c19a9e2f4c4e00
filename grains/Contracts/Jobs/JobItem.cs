using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Jobs;

/// <summary>A picture of a job's manifest: one line of it.</summary>
/// <param name="Name">What the results call it. Without a hash it is the name of the picture's blob below <c>uploads/{tenant}/</c>.</param>
/// <param name="Hash">Hash of the picture in the content store, or null.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.JobItem")]
public sealed record JobItem([property: Id(0)] string Name, [property: Id(1)] string? Hash = null);

/// <summary>What became of a picture of a job.</summary>
public enum JobItemOutcome
{
    /// <summary>It is restored.</summary>
    Completed,

    /// <summary>It was given up; the error says why.</summary>
    Quarantined,

    /// <summary>The job was cancelled before it was done.</summary>
    Cancelled,
}

/// <summary>What became of a picture of a job: one line of the results. Each picture of the manifest has exactly one.</summary>
/// <param name="Index">Its place in the manifest, from 0.</param>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Source">The picture, once it was read.</param>
/// <param name="Result">The restored picture, if it is completed.</param>
/// <param name="Error">Why it was given up, if it is quarantined.</param>
/// <param name="RunId">The last run, if one was started.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Route">Which pipeline was chosen for it and why; null where the job names the model, or no run was sent anywhere.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.JobItemResult")]
public sealed record JobItemResult(
    [property: Id(0)] int Index,
    [property: Id(1)] string Name,
    [property: Id(2)] JobItemOutcome Outcome,
    [property: Id(3)] ImageRef? Source,
    [property: Id(4)] ImageRef? Result,
    [property: Id(5)] RunError? Error,
    [property: Id(6)] string? RunId,
    [property: Id(7)] int Attempts,
    [property: Id(8)] RunRoute? Route = null);
