using System.ComponentModel.DataAnnotations;

namespace Darkroom.Grains.Jobs;

/// <summary>How jobs are driven. Configuration section: <c>Job</c>.</summary>
public sealed class JobOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Job";

    /// <summary>Gets or sets how many pictures of one job are worked on at once.</summary>
    /// <value>Default: 16. A job may ask for fewer.</value>
    [Range(1, 1024)]
    public int Concurrency { get; set; } = 16;

    /// <summary>Gets or sets the largest number of pictures in a manifest.</summary>
    /// <value>Default: 100,000.</value>
    [Range(1, 10_000_000)]
    public int MaxItems { get; set; } = 100_000;

    /// <summary>Gets or sets how often a picture is tried before it is quarantined.</summary>
    /// <value>Default: 3. A picture that is damaged or too large is tried once: it would give the same again.</value>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Gets or sets the wait before a picture's second attempt; it doubles each time, up to a minute.</summary>
    /// <value>Default: 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a picture's run may be out of reach before the attempt counts as failed.</summary>
    /// <value>Default: 5 minutes, longer than a cluster takes to replace a silo.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how many pictures are on a page of the manifest and of the results; the job's state holds about one page.</summary>
    /// <value>Default: 100, about 50 KB of state. A job keeps the size it was started with.</value>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 100;
}
