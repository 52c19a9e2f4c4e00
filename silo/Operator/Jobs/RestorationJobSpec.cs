using Darkroom.Contracts.Runs;

namespace Darkroom.Silo.Operator.Jobs;

/// <summary>What the author of a <c>RestorationJob</c> wants. Everything but <see cref="Suspend"/> stays as it is.</summary>
internal sealed record RestorationJobSpec
{
    /// <summary>The largest number of pictures that are named one by one; more of them have a common prefix.</summary>
    public const int MaxItems = 1000;

    /// <summary>Gets the pictures.</summary>
    public JobImages? Images { get; init; }

    /// <summary>Gets the pipeline; null lets the cluster choose one for each picture.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Gets the checkpoint; null for the pipeline's.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the command for each picture.</summary>
    public RunKind Command { get; init; } = RunKind.Restore;

    /// <summary>Gets the words that go with the command.</summary>
    public string Words { get; init; } = string.Empty;

    /// <summary>Gets the settings of each run.</summary>
    public RestorationSettings Settings { get; init; } = new();

    /// <summary>Gets how many pictures are worked on at once; null for the cluster's default.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Gets where the restored pictures are written by name; null for nowhere, they are in the job's results then.</summary>
    public JobResultsTarget? Results { get; init; }

    /// <summary>Gets whether no further picture is begun for now.</summary>
    public bool Suspend { get; init; }
}

/// <summary>The pictures of a job: one of the two.</summary>
internal sealed record JobImages
{
    /// <summary>Gets the start of the names of uploads; the names are listed once, at the start.</summary>
    public string? Prefix { get; init; }

    /// <summary>Gets the pictures one by one.</summary>
    public IReadOnlyList<JobImage>? Items { get; init; }
}

/// <summary>Where restored pictures are written by name.</summary>
/// <param name="Prefix">What the names begin with, a folder among the tenant's uploads.</param>
internal sealed record JobResultsTarget(string Prefix)
{
    /// <summary>The longest prefix (characters).</summary>
    public const int MaxPrefixLength = 200;
}

/// <summary>A picture of a job.</summary>
/// <param name="Name">What the results call it. Without a hash it is the name of an upload.</param>
/// <param name="Hash">The hash of a picture of the tenant, or null.</param>
internal sealed record JobImage(string Name, string? Hash = null);
