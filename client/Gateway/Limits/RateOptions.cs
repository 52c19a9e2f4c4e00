using System.ComponentModel.DataAnnotations;

namespace Darkroom.Gateway.Limits;

/// <summary>How many requests a tenant may send. Configuration section: <c>Rate</c>.</summary>
public sealed class RateOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Rate";

    /// <summary>Gets or sets how many requests a second each tenant may send over time.</summary>
    /// <value>Default: 200.</value>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Gets or sets how many it may send at once after a quiet while.</summary>
    /// <value>Default: 1,000.</value>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 1_000;

    /// <summary>Gets or sets how many event streams each tenant may have open.</summary>
    /// <value>Default: 1,000.</value>
    [Range(1, 1_000_000)]
    public int Streams { get; set; } = 1_000;
}
