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

    /// <summary>Gets or sets how many turns a session keeps; further messages are refused.</summary>
    /// <value>Default: 1,000.</value>
    /// <remarks>The state is written whole after each turn: about 1 KB a turn.</remarks>
    [Range(1, 100_000)]
    public int MaxTurns { get; set; } = 1_000;

    /// <summary>Gets or sets how long a question about the picture waits for a device.</summary>
    /// <value>Default: 15 s, well below the 30 s after which a grain call times out.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:25")]
    public TimeSpan DescribeTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
