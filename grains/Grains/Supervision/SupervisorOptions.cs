using System.ComponentModel.DataAnnotations;

namespace Darkroom.Grains.Supervision;

/// <summary>How unfinished work is taken up after the loss of a silo. Configuration section: <c>Supervisor</c>.</summary>
public sealed class SupervisorOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Supervisor";

    /// <summary>Gets or sets whether this silo wakes the supervisor.</summary>
    /// <value>Default: true. A program that does one thing and ends turns it off: what an earlier call left is not its work.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Gets or sets how often a silo sends its pulse.</summary>
    /// <value>Default: 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PulsePeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets after which silence a silo counts as lost.</summary>
    /// <value>Default: 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan MaxSilence { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how long after the loss of a silo, and after its own activation, the supervisor makes a round at every pulse period.</summary>
    /// <value>Default: 30 s: a cluster may take so long to agree that a silo is dead.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan UnsettledTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how often it makes a round otherwise.</summary>
    /// <value>Default: 20 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RoundPeriod { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how many runs and jobs it looks after in one go; the next go takes the next ones.</summary>
    /// <value>Default: 1,000.</value>
    [Range(1, 100_000)]
    public int MaxPerRound { get; set; } = 1_000;

    /// <summary>Gets or sets how many of them it asks at the same time.</summary>
    /// <value>Default: 32.</value>
    [Range(1, 1_000)]
    public int Concurrency { get; set; } = 32;

    /// <summary>Gets or sets how long it waits for one of them.</summary>
    /// <value>Default: 5 s; one that did not answer is asked again in the next round.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:30")]
    public TimeSpan AskTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how long a silo that is told to stop may take to hand its runs over.</summary>
    /// <value>Default: 8 s; what has not reached a checkpoint by then goes on from the one before.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(8);
}
