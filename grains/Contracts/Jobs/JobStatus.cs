using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Jobs;

/// <summary>Where a job stands. The last three end it.</summary>
public enum JobStage
{
    /// <summary>The manifest is read.</summary>
    Listing,

    /// <summary>Pictures are restored.</summary>
    Running,

    /// <summary>No further picture is begun; those under way go on to their end.</summary>
    Paused,

    /// <summary>It was cancelled and puts its results together.</summary>
    Cancelling,

    /// <summary>Every picture is restored or quarantined, and the results are there.</summary>
    Completed,

    /// <summary>The manifest could not be read; the error says why.</summary>
    Failed,

    /// <summary>It was cancelled; what was done until then is in the results.</summary>
    Cancelled,
}

/// <summary>Where a job stands, and its results once they are there.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Total">Pictures of the manifest; 0 before it is read.</param>
/// <param name="Completed">Pictures restored.</param>
/// <param name="Quarantined">Pictures given up.</param>
/// <param name="Cancelled">Pictures that were not done because the job was cancelled.</param>
/// <param name="Running">Pictures under way, with those that wait for their next attempt.</param>
/// <param name="ResultsHash">Hash of the results in the content store: one <see cref="JobItemResult"/> a line, in JSON Lines, in the order in which they ended.</param>
/// <param name="Error">Why the job failed, or null.</param>
/// <param name="Attempt">1 at first; one more each time the job was taken up after its silo died.</param>
/// <param name="Elapsed">Time since the start, or from start to end.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.JobStatus")]
public sealed record JobStatus(
    [property: Id(0)] string JobId,
    [property: Id(1)] JobStage Stage,
    [property: Id(2)] int Total,
    [property: Id(3)] int Completed,
    [property: Id(4)] int Quarantined,
    [property: Id(5)] int Cancelled,
    [property: Id(6)] int Running,
    [property: Id(7)] string? ResultsHash,
    [property: Id(8)] RunError? Error,
    [property: Id(9)] int Attempt,
    [property: Id(10)] TimeSpan Elapsed)
{
    /// <summary>Gets whether the job has ended.</summary>
    public bool HasEnded => Stage >= JobStage.Completed;

    /// <summary>Gets how many pictures have ended, one way or another.</summary>
    public int Settled => Completed + Quarantined + Cancelled;
}
