using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Jobs;

/// <summary>What is persisted of a job: where the manifest's cursor is, what is under way, and the results that fill no page yet.</summary>
/// <remarks>Its size depends on the page size and the fan-out, not on the number of pictures.</remarks>
[GenerateSerializer, Alias("Darkroom.JobState")]
internal sealed class JobState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 1;

    // Who repeats a change does so before it asks for many others.
    private const int MaxChanges = 100;

    /// <summary>Gets or sets the layout the state was written with; 0 for a job that was never started.</summary>
    [Id(0)]
    public int Layout { get; set; }

    /// <summary>Gets or sets what the job is to do.</summary>
    [Id(1)]
    public JobRequest? Request { get; set; }

    /// <summary>Gets or sets where the job stands; pause and cancellation are kept on their own.</summary>
    [Id(2)]
    public JobStage Stage { get; set; }

    /// <summary>Gets or sets when it was started.</summary>
    [Id(3)]
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Gets or sets when it ended.</summary>
    [Id(4)]
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Gets or sets how often it was begun or taken up.</summary>
    [Id(5)]
    public int Attempt { get; set; }

    /// <summary>Gets or sets the folder of the pages, once the manifest is read.</summary>
    [Id(6)]
    public string Folder { get; set; } = string.Empty;

    /// <summary>Gets or sets the pictures on a page.</summary>
    [Id(7)]
    public int PageSize { get; set; }

    /// <summary>Gets or sets the pictures of the manifest.</summary>
    [Id(8)]
    public int Total { get; set; }

    /// <summary>Gets or sets the first picture that was never begun.</summary>
    [Id(9)]
    public int Next { get; set; }

    /// <summary>Gets or sets the pictures before <see cref="Next"/> that have not ended.</summary>
    [Id(10)]
    public List<JobWorkItem> Open { get; set; } = [];

    /// <summary>Gets or sets the results behind the last page; new ones only ever go to the end.</summary>
    [Id(11)]
    public List<JobItemResult> Recent { get; set; } = [];

    /// <summary>Gets or sets how many pages of results are written.</summary>
    [Id(12)]
    public int ResultPages { get; set; }

    /// <summary>Gets or sets how many pictures are restored.</summary>
    [Id(13)]
    public int Completed { get; set; }

    /// <summary>Gets or sets how many pictures were given up.</summary>
    [Id(14)]
    public int Quarantined { get; set; }

    /// <summary>Gets or sets how many pictures were not done because the job was cancelled.</summary>
    [Id(15)]
    public int Cancelled { get; set; }

    /// <summary>Gets or sets whether no further picture is begun for now.</summary>
    [Id(16)]
    public bool IsPaused { get; set; }

    /// <summary>Gets or sets whether the user has taken it back; the driver ends it.</summary>
    [Id(17)]
    public bool IsCancelRequested { get; set; }

    /// <summary>Gets or sets the hash of the results in the content store.</summary>
    [Id(18)]
    public string? ResultsHash { get; set; }

    /// <summary>Gets or sets why it failed.</summary>
    [Id(19)]
    public RunError? Error { get; set; }

    /// <summary>Gets or sets the ids of the last changes that were asked for, oldest first.</summary>
    [Id(20)]
    public List<string> Changes { get; set; } = [];

    /// <summary>Gets or sets whether the end is being written: until it is kept it is told to nobody. Not persisted.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Gets whether the job has ended.</summary>
    public bool HasEnded => Stage >= JobStage.Completed;

    /// <summary>Remembers a change.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Remember(string changeId)
    {
        if (Changes.Contains(changeId))
            return false;
        Changes.Add(changeId);
        if (Changes.Count > MaxChanges)
            Changes.RemoveAt(0);
        return true;
    }

    /// <summary>Tells where the job stands.</summary>
    public JobStatus ToStatus(string jobId, DateTimeOffset now) => new(
        jobId, ShownStage(), Total, Completed, Quarantined, Cancelled, Open.Count, IsEnding ? null : ResultsHash, IsEnding ? null : Error, Attempt, (EndedAt ?? now) - StartedAt);

    private JobStage ShownStage() => this switch
    {
        { HasEnded: true, IsEnding: false } => Stage,
        { IsCancelRequested: true } => JobStage.Cancelling,
        { IsPaused: true, IsEnding: false } => JobStage.Paused,
        _ => IsEnding ? JobStage.Running : Stage,
    };
}

/// <summary>A picture under way.</summary>
[GenerateSerializer, Alias("Darkroom.JobWorkItem")]
internal sealed class JobWorkItem
{
    /// <summary>Gets or sets its place in the manifest.</summary>
    [Id(0)]
    public int Index { get; set; }

    /// <summary>Gets or sets its line of the manifest.</summary>
    [Id(1)]
    public required JobItem Item { get; set; }

    /// <summary>Gets or sets the attempt under way.</summary>
    [Id(2)]
    public int Attempt { get; set; }

    /// <summary>Gets or sets the picture, once it was read: a blob that changes later changes nothing.</summary>
    [Id(3)]
    public ImageRef? Source { get; set; }

    /// <summary>Gets or sets the last run that was asked for.</summary>
    [Id(4)]
    public string? RunId { get; set; }

    /// <summary>Tells what became of it.</summary>
    public JobItemResult ToResult(JobItemOutcome outcome, ImageRef? result = null, RunError? error = null, RunRoute? route = null) =>
        new(Index, Item.Name, outcome, Source, result, error, RunId, Attempt, route);
}
