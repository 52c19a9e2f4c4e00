using System.Security.Claims;

namespace Microsoft.IdentityModel.Tokens;

public class TokenValidationParameters
{
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromMinutes(5);

    public TimeSpan ClockSkew { get; set; } = DefaultClockSkew;

    public string NameClaimType { get; set; } = ClaimsIdentity.DefaultNameClaimType;

    public string RoleClaimType { get; set; } = ClaimsIdentity.DefaultRoleClaimType;

    public string? ValidAudience { get; set; }

    public string? ValidIssuer { get; set; }

    /// <summary>The stand-in knows RS256 and ES256; without a list it takes both.</summary>
    public IEnumerable<string>? ValidAlgorithms { get; set; }
}
