using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Gateway.Jobs;

/// <summary>Starts a job: the same to many pictures.</summary>
/// <param name="Prefix">Start of the names of uploads; or null.</param>
/// <param name="Images">Pictures that were uploaded before; or null.</param>
/// <param name="Kind">The command for each picture.</param>
/// <param name="Words">The user's words.</param>
/// <param name="Settings">The settings of each run.</param>
/// <param name="Model">Checkpoint to use, or null for the pipeline's.</param>
/// <param name="Pipeline">Pipeline to use, or null: each picture's run then goes where it fits.</param>
/// <param name="Concurrency">How many pictures are worked on at once, or null for the default.</param>
/// <param name="Name">The job's name, or null for a new one.</param>
internal sealed record JobBody(
    string? Prefix = null,
    IReadOnlyList<JobImage>? Images = null,
    RunKind Kind = RunKind.Restore,
    string? Words = null,
    RestorationSettings? Settings = null,
    string? Model = null,
    string? Pipeline = null,
    int? Concurrency = null,
    string? Name = null)
{
    /// <summary>Makes the cluster's request; what it works on is added.</summary>
    public JobRequest ToRequest() => new(Prefix, null, Kind, Words ?? string.Empty, Settings ?? new RestorationSettings(), Model, Concurrency, Pipeline);
}

/// <summary>A picture of a job.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record JobImage(string Name, string Hash);

/// <summary>Starts a job of what another one gave up.</summary>
/// <param name="Name">The new job's name, or null for a new one.</param>
internal sealed record RetryBody(string? Name = null);
