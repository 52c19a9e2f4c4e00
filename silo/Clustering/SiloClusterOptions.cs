using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Darkroom.Silo.Clustering;

/// <summary>What tells the silos of one cluster of each other.</summary>
public enum ClusterProvider
{
    /// <summary>Tables of a PostgreSQL database; they are made when they are not there (<c>Cluster:PreparesDatabase</c>).</summary>
    PostgreSql,

    /// <summary>Azure tables.</summary>
    AzureTables,
}

/// <summary>How the silo finds the others of its cluster. Configuration section: <c>Cluster</c>.</summary>
public sealed class SiloClusterOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Cluster";

    /// <summary>Gets or sets the connection string of the database or storage account.</summary>
    /// <value>Default: null, which means that this silo is a cluster by itself.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets what the connection string leads to.</summary>
    /// <value>Default: PostgreSQL.</value>
    [EnumDataType(typeof(ClusterProvider))]
    public ClusterProvider Provider { get; set; } = ClusterProvider.PostgreSql;

    /// <summary>Gets or sets whether a silo makes the tables of a PostgreSQL database that lacks them.</summary>
    /// <value>Default: true. False where the silo's account may not: <c>prepare-database</c> makes them with another one's rights.</value>
    public bool PreparesDatabase { get; set; } = true;

    /// <summary>Gets or sets the cluster's name; silos of one name find each other.</summary>
    /// <value>Default: <c>darkroom</c>.</value>
    [Required, StringLength(150)]
    public string ClusterId { get; set; } = "darkroom";

    /// <summary>Gets or sets the service's name, which stays when the cluster is replaced by another.</summary>
    /// <value>Default: <c>darkroom</c>.</value>
    [Required, StringLength(150)]
    public string ServiceId { get; set; } = "darkroom";

    /// <summary>Gets or sets whether the silo runs in a pod: name and address are then the pod's, and pods that are gone are declared dead.</summary>
    /// <value>Default: false.</value>
    public bool Kubernetes { get; set; }

    /// <summary>Gets or sets the address at which the other silos reach this one.</summary>
    /// <value>Default: null, which is the pod's address in Kubernetes, and else the first one of this machine that is not loopback.</value>
    public string? Address { get; set; }

    /// <summary>Gets or sets the port for other silos.</summary>
    /// <value>Default: 11111.</value>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Gets or sets the port for clients.</summary>
    /// <value>Default: 30000.</value>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Gets or sets how long a silo may take to answer when another one asks whether it lives.</summary>
    /// <value>Default: 2 s. After three such silences in a row, and when two silos agree, it is declared dead.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets whether the silo belongs to a cluster of several processes.</summary>
    public bool IsClustered => !string.IsNullOrWhiteSpace(ConnectionString);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is not null && !IPAddress.TryParse(Address, out _))
            yield return new ValidationResult($"{SectionName}:{nameof(Address)} is '{Address}'; an IP address is allowed.", [nameof(Address)]);
        if (SiloPort == GatewayPort)
            yield return new ValidationResult($"{SectionName}:{nameof(SiloPort)} and {nameof(GatewayPort)} are both {SiloPort}; they must differ.", [nameof(GatewayPort)]);
        if (Kubernetes && !IsClustered)
            yield return new ValidationResult($"{SectionName}:{nameof(Kubernetes)} is set, but not {SectionName}:{nameof(ConnectionString)}: pods would not find each other.", [nameof(ConnectionString)]);
    }
}
