namespace Darkroom.Silo.Operator.Jobs;

/// <summary>What the operator says of a <c>RestorationJob</c>.</summary>
internal sealed record RestorationJobStatus
{
    /// <summary>Gets which version of the spec it is said of.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Gets where the job stands, in one word.</summary>
    public string Phase { get; init; } = string.Empty;

    /// <summary>Gets the tenant that the namespace belongs to.</summary>
    public string? Tenant { get; init; }

    /// <summary>Gets the job's name: what the HTTP API knows it by.</summary>
    public string? Job { get; init; }

    /// <summary>Gets how many pictures have ended, of how many.</summary>
    public string? Progress { get; init; }

    /// <summary>Gets how many pictures there are.</summary>
    public JobImageCounts? Images { get; init; }

    /// <summary>Gets how often the job was begun or taken up.</summary>
    public int? Attempt { get; init; }

    /// <summary>Gets when the job was begun.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Gets when it ended.</summary>
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>Gets where the results are, once there are any.</summary>
    public JobResultsPlace? Results { get; init; }

    /// <summary>Gets what is so and what is not.</summary>
    public IReadOnlyList<StatusCondition> Conditions { get; init; } = [];
}

/// <summary>How many pictures a job has.</summary>
/// <param name="Total">All of them; 0 before they are listed.</param>
/// <param name="Restored">Those restored.</param>
/// <param name="Quarantined">Those given up.</param>
/// <param name="Cancelled">Those not done because the job was cancelled.</param>
/// <param name="Running">Those under way.</param>
internal sealed record JobImageCounts(int Total, int Restored, int Quarantined, int Cancelled, int Running);

/// <summary>Where the results of a job are.</summary>
/// <param name="Hash">Hash of the list of results in the content store.</param>
/// <param name="Lines">Path of the list in the HTTP API.</param>
/// <param name="Archive">Path of the restored pictures in the HTTP API.</param>
/// <param name="Prefix">What the names begin with under which the pictures are written among the tenant's uploads; null for nowhere.</param>
/// <param name="Written">Pictures that are written there.</param>
/// <param name="Skipped">Pictures that are not, because something else has the name.</param>
/// <param name="Settled">Lines of the results that are dealt with.</param>
internal sealed record JobResultsPlace(
    string Hash, string Lines, string Archive, string? Prefix = null, int? Written = null, int? Skipped = null, int? Settled = null)
{
    /// <summary>Tells how far the pictures are written.</summary>
    public WrittenResults Progress() => new(Settled ?? 0, Written ?? 0, Skipped ?? 0, IsDone: false);
}
