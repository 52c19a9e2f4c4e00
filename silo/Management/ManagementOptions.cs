using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Darkroom.Silo.Management;

/// <summary>What operators and Kubernetes ask, and how the process stops. Configuration section: <c>Management</c>.</summary>
public sealed class ManagementOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Management";

    /// <summary>The port of a silo unless another one is configured.</summary>
    public const int DefaultPort = 8081;

    /// <summary>Gets or sets the port of the listener for health and metrics; 0 takes a free one.</summary>
    /// <value>Default: null, which is 8081 for a silo and no such listener for the gateway, whose own port answers health.</value>
    [Range(0, 65_535)]
    public int? Port { get; set; }

    /// <summary>Gets or sets the IP address it listens on. There is no login: whoever reaches it reads health and metrics.</summary>
    /// <value>Default: null, which is every address for one of several processes, whose other ports are open to its network too, and else 127.0.0.1.</value>
    public string? Address { get; set; }

    /// <summary>Gets or sets whether there is such a listener where a port is known.</summary>
    /// <value>Default: true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Gets or sets how long everything works on after the signal to stop, while the process says that it is not ready.</summary>
    /// <value>Default: 0. Behind a load balancer: as long as that takes to notice, for example 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>Gets or sets how long the process may take to stop, the delay included; what is not handed over by then goes on from its checkpoints.</summary>
    /// <value>Default: 25 s. In Kubernetes it is less than <c>terminationGracePeriodSeconds</c>, after which the process is killed.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Gets or sets for how long every device may hang before the process says that it does not live.</summary>
    /// <value>Default: 2 minutes, after <c>Device</c>'s own limits.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan HungLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is not null && !IPAddress.TryParse(Address, out _))
            yield return new ValidationResult($"{SectionName}:{nameof(Address)} is no IP address; for example 127.0.0.1 (this machine) or 0.0.0.0 (every address).", [nameof(Address)]);
        if (DrainDelay >= GracePeriod)
            yield return new ValidationResult($"{SectionName}:{nameof(DrainDelay)} is {DrainDelay} and {nameof(GracePeriod)} {GracePeriod}; the delay is a part of the grace period and must be shorter.", [nameof(DrainDelay)]);
    }
}
