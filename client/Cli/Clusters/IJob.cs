using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Clusters;

/// <summary>A batch of pictures that are restored alike, wherever it is kept.</summary>
internal interface IJob
{
    /// <summary>Gets its name.</summary>
    string Name { get; }

    /// <summary>Tells where it stands.</summary>
    Task<JobStatus> GetAsync(CancellationToken cancellationToken);

    /// <summary>Streams how far it is, to its end.</summary>
    IAsyncEnumerable<JobStatus> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Begins no further picture.</summary>
    Task<JobStatus> PauseAsync(CancellationToken cancellationToken);

    /// <summary>Goes on after a pause.</summary>
    Task<JobStatus> ResumeAsync(CancellationToken cancellationToken);

    /// <summary>Cancels it; what is done stays in the results.</summary>
    Task<JobStatus> CancelAsync(CancellationToken cancellationToken);

    /// <summary>Starts a new job of the pictures that were given up or cancelled.</summary>
    /// <param name="name">The new job's name, or null for any.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IJob> RetryAsync(string? name, CancellationToken cancellationToken);

    /// <summary>Reads what became of each picture, once it has ended.</summary>
    IAsyncEnumerable<JobItemResult> ResultsAsync(CancellationToken cancellationToken);
}

/// <summary>What a job is to do.</summary>
/// <param name="Photos">The pictures, or none if they are uploads of a name.</param>
/// <param name="Prefix">Start of the names of the uploads, or null.</param>
/// <param name="Kind">The command for each picture.</param>
/// <param name="Words">The user's words; may be empty.</param>
/// <param name="Settings">The settings of each run.</param>
/// <param name="Concurrency">How many pictures are worked on at once, or null for what the cluster does.</param>
/// <param name="Name">The job's name, or null for a new one.</param>
internal sealed record JobPlan(
    IReadOnlyList<JobPhoto> Photos, string? Prefix, RunKind Kind, string Words, RestorationSettings Settings, int? Concurrency, string? Name);

/// <summary>A picture of a job.</summary>
/// <param name="Name">What the results call it: relative, with forward slashes.</param>
/// <param name="SizeBytes">Its length (bytes).</param>
/// <param name="Open">Opens it; whoever opens it closes it.</param>
internal sealed record JobPhoto(string Name, long SizeBytes, Func<Stream> Open);
