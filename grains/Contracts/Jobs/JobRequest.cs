using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Jobs;

/// <summary>What a job is to do: the same to every picture of a manifest.</summary>
/// <param name="Prefix">Start of the names of the pictures' blobs below <c>uploads/{tenant}/</c>, listed once at the start; or null.</param>
/// <param name="ListHash">Hash of a list of <see cref="JobItem"/> in the content store, in JSON Lines; or null.</param>
/// <param name="Kind">The command for each picture.</param>
/// <param name="Words">The user's words; may be empty.</param>
/// <param name="Settings">The settings of each run.</param>
/// <param name="Model">Checkpoint to use, or null for the pipeline's.</param>
/// <param name="Concurrency">How many pictures are worked on at once, or null for the silo's default; never more than that.</param>
/// <param name="Pipeline">Pipeline to use, or null: without a model each picture's run is then sent where it fits.</param>
/// <remarks>Exactly one of <paramref name="Prefix"/> and <paramref name="ListHash"/> is given. A long list stays out of the message and out of the job's state.</remarks>
[GenerateSerializer, Immutable, Alias("Darkroom.JobRequest")]
public sealed record JobRequest(
    [property: Id(0)] string? Prefix,
    [property: Id(1)] string? ListHash,
    [property: Id(2)] RunKind Kind,
    [property: Id(3)] string Words,
    [property: Id(4)] RestorationSettings Settings,
    [property: Id(5)] string? Model = null,
    [property: Id(6)] int? Concurrency = null,
    [property: Id(7)] string? Pipeline = null)
{
    /// <summary>The largest number of characters of the words.</summary>
    public const int MaxWordsLength = 2000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidRequestException">A value is missing or out of range.</exception>
    public void Validate()
    {
        if (Prefix is null == ListHash is null)
            throw new InvalidRequestException("A job has either a prefix or a list; give one of them.");
        if (Words.Length > MaxWordsLength)
            throw new InvalidRequestException($"The words have {Words.Length} characters; at most {MaxWordsLength} are allowed.");
        if (Concurrency is < 1)
            throw new InvalidRequestException($"Concurrency is {Concurrency}; it is at least 1.");
        PipelineName.Require(Pipeline);
        Settings.Validate();
    }
}
