using System.ComponentModel.DataAnnotations;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Storage;

namespace Darkroom.Gateway.Identity;

/// <summary>Who may come in. Configuration section: <c>Identity</c>. Without any of it only this machine is served, without login.</summary>
public sealed class IdentityOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Identity";

    /// <summary>Gets or sets whether a credential is asked for, with keys that operators made (<c>./cluster key</c>).</summary>
    /// <value>Default: false; true in effect where <see cref="Keys"/> or <see cref="Authority"/> is set.</value>
    public bool Required { get; set; }

    /// <summary>Gets or sets keys that are known by their hash.</summary>
    /// <value>Default: none.</value>
    public Dictionary<string, ConfiguredKey> Keys { get; set; } = [];

    /// <summary>Gets or sets the address of the OpenID Connect issuer whose tokens are taken.</summary>
    /// <value>Default: null, no tokens.</value>
    public string? Authority { get; set; }

    /// <summary>Gets or sets the audience that a token must be for.</summary>
    /// <value>Default: null; needed with <see cref="Authority"/>.</value>
    public string? Audience { get; set; }

    /// <summary>Gets or sets the page's own name at the issuer: a public client that signs in by authorization code with PKCE and comes back to the page's address.</summary>
    /// <value>Default: null; the page then takes API keys only.</value>
    public string? ClientId { get; set; }

    /// <summary>Gets or sets what the page asks the issuer for; the token that it gets must be for <see cref="Audience"/> and name the tenant.</summary>
    /// <value>Default: <c>openid profile</c>.</value>
    [Required]
    public string Scope { get; set; } = "openid profile";

    /// <summary>Gets or sets the claim of a token that names the tenant.</summary>
    /// <value>Default: <c>tenant</c>.</value>
    [Required]
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>Gets or sets the claim of a token that lists roles.</summary>
    /// <value>Default: <c>roles</c>.</value>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Gets or sets the role in a token that makes an operator.</summary>
    /// <value>Default: <c>darkroom-operator</c>.</value>
    [Required]
    public string OperatorRole { get; set; } = "darkroom-operator";

    /// <summary>Gets or sets how far the clocks of issuer and gateway may differ.</summary>
    /// <value>Default: 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets whether the issuer is reached by HTTPS only; other addresses are for tests on one machine.</summary>
    /// <value>Default: true.</value>
    public bool RequireHttps { get; set; } = true;

    /// <summary>Gets whether a credential is asked for.</summary>
    public bool IsConfigured => Required || Keys.Count > 0 || !string.IsNullOrEmpty(Authority);

    /// <summary>Gets the origin (scheme, host and port) of the issuer that the page signs in at, or null.</summary>
    internal string? PageIssuer => string.IsNullOrEmpty(ClientId) || string.IsNullOrEmpty(Authority) ? null : new Uri(Authority).GetLeftPart(UriPartial.Authority);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Authority) && string.IsNullOrEmpty(Audience))
            yield return new ValidationResult($"{SectionName}:{nameof(Audience)} is missing: without it a token for another program would be taken.");
        if (!string.IsNullOrEmpty(Authority) && !(Uri.TryCreate(Authority, UriKind.Absolute, out var issuer) && issuer.Scheme is "https" or "http"))
            yield return new ValidationResult($"{SectionName}:{nameof(Authority)} is '{Authority}'; it is the issuer's address, such as https://login.example.");
        if (!string.IsNullOrEmpty(ClientId) && string.IsNullOrEmpty(Authority))
            yield return new ValidationResult($"{SectionName}:{nameof(ClientId)} is the page's name at an issuer, and {SectionName}:{nameof(Authority)} names none.");
        foreach (var (name, key) in Keys)
        {
            if (!ContentRef.IsHash(key.Sha256))
                yield return new ValidationResult($"{SectionName}:{nameof(Keys)}:{name}:{nameof(ConfiguredKey.Sha256)} has not {ContentRef.HashLength} lower-case hexadecimal digits; './cluster key hash' makes it of a key.");
            if (key.Role is not (Caller.User or Caller.Operator))
                yield return new ValidationResult($"{SectionName}:{nameof(Keys)}:{name}:{nameof(ConfiguredKey.Role)} is '{key.Role}'; allowed are {Caller.User} and {Caller.Operator}.");
            if (!IsTenant(key.Tenant))
                yield return new ValidationResult($"{SectionName}:{nameof(Keys)}:{name}:{nameof(ConfiguredKey.Tenant)} is no name of a tenant.");
        }
    }

    /// <summary>Tells whether a text is a tenant's name.</summary>
    internal static bool IsTenant(string? text)
    {
        try
        {
            SessionKey.Require(text ?? string.Empty, "tenant");
            return true;
        }
        catch (InvalidRequestException)
        {
            return false;
        }
    }
}

/// <summary>A key that stands in the configuration, without its secret.</summary>
public sealed class ConfiguredKey
{
    /// <summary>Gets or sets the hash of the key.</summary>
    /// <value>Default: empty, which is refused.</value>
    public string Sha256 { get; set; } = string.Empty;

    /// <summary>Gets or sets whose key it is.</summary>
    /// <value>Default: empty, which is refused.</value>
    public string Tenant { get; set; } = string.Empty;

    /// <summary>Gets or sets what its holder may: <c>user</c> or <c>operator</c>.</summary>
    /// <value>Default: <c>user</c>.</value>
    public string Role { get; set; } = "user";
}
