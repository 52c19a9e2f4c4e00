using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Darkroom.Gateway;

/// <summary>Where the gateway listens. Configuration section: <c>Listen</c>.</summary>
public sealed class ListenOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Listen";

    /// <summary>Gets or sets the port; 0 takes a free one.</summary>
    /// <value>Default: 8080.</value>
    [Range(0, 65_535)]
    public int Port { get; set; } = 8080;

    /// <summary>Gets or sets the IP address; others than the machine's own need an identity to be configured.</summary>
    /// <value>Default: <c>127.0.0.1</c>.</value>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Gets whether only this machine reaches the address.</summary>
    public bool IsLoopback => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out _))
            yield return new ValidationResult($"{SectionName}:{nameof(Address)} is no IP address; for example 127.0.0.1 (this machine) or 0.0.0.0 (every address).");
    }
}
