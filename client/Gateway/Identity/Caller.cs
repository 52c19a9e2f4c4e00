using System.Security.Claims;
using Darkroom.Client;
using Darkroom.Contracts.Sessions;
using Darkroom.Storage;

namespace Darkroom.Gateway.Identity;

/// <summary>Who sends the request: always from the credential, never from the request's own words.</summary>
internal sealed class Caller
{
    /// <summary>The claim that names the tenant.</summary>
    public const string TenantClaim = "darkroom:tenant";

    /// <summary>The role that also sees the cluster.</summary>
    public const string Operator = "operator";

    /// <summary>The role that sees its tenant's own things.</summary>
    public const string User = "user";

    private readonly TenantIndex index;

    /// <summary>Reads who the caller is.</summary>
    public Caller(IHttpContextAccessor http, IGrainFactory grains, ContentStore contents, TenantIndex index, TimeProvider time)
    {
        this.index = index;
        var user = http.HttpContext!.User;
        Tenant = user.FindFirstValue(TenantClaim) ?? throw new InvalidOperationException("The request has no tenant: its endpoint does not require authorization.");
        SessionKey.Require(Tenant, "tenant");
        Client = new DarkroomClient(grains, contents, Tenant, time);
    }

    /// <summary>Gets the tenant.</summary>
    public string Tenant { get; }

    /// <summary>Gets the way to what is the tenant's.</summary>
    public DarkroomClient Client { get; }

    /// <summary>Tells whether a picture is the tenant's: uploaded by it, or restored for it.</summary>
    public Task<bool> OwnsAsync(string hash, CancellationToken cancellationToken) => index.HasAsync(Tenant, TenantIndex.Pictures, hash, cancellationToken);

    /// <summary>Makes a principal.</summary>
    public static ClaimsPrincipal Principal(string tenant, string role, string name, string scheme) => new(new ClaimsIdentity(
        [new Claim(TenantClaim, tenant), new Claim(ClaimTypes.Role, role), new Claim(ClaimTypes.Name, name)], scheme));
}
