using System.ComponentModel.DataAnnotations;

namespace Darkroom.Grains.Sessions;

/// <summary>Limits of a conversation. Configuration section: <c>Session</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Session";

    /// <summary>Gets or sets the longest accepted message (characters).</summary>
    /// <value>Default: 2,000.</value>
    [Range(1, 100_000)]
    public int MaxMessageLength { get; set; } = 2_000;

    /// <summary>Gets or sets for how long the id of a turn is remembered: said again within this time, it is done once and answered the same.</summary>
    /// <value>Default: 24 hours.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan TurnLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets or sets how many turns a session takes within <see cref="TurnLifetime"/>; further messages are refused.</summary>
    /// <value>Default: 1,000, about 200 KB of state.</value>
    [Range(1, 100_000)]
    public int MaxTurns { get; set; } = 1_000;

    /// <summary>Gets or sets how many versions a session has; further runs are refused.</summary>
    /// <value>Default: 1,000, about 700 KB of state.</value>
    [Range(2, 100_000)]
    public int MaxVersions { get; set; } = 1_000;

    /// <summary>Gets or sets how many events are on a page of a long history; the session's state holds less than two pages.</summary>
    /// <value>Default: 100. A session keeps the size it was opened with.</value>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 100;

    /// <summary>Gets or sets how long a question about the picture waits for a device.</summary>
    /// <value>Default: 15 s, well below the 30 s after which a grain call times out.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:25")]
    public TimeSpan DescribeTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
