using System.Collections.Immutable;
using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Tenants;

/// <summary>Lets a tenant's runs in, and keeps account of what they used. The key is the tenant's name.</summary>
/// <remarks>
/// Whoever is let in has a lease: a run that nobody drives any more loses its place after a while. Before that the grain
/// asks the run itself, so what it used is counted once, whoever died before telling.
/// </remarks>
[Alias("Darkroom.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Gives a run a place, or keeps the one it has; saying it twice does it once.</summary>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("AdmitAsync")]
    Task<Admission> AdmitAsync(AdmitRequest request, CancellationToken cancellationToken);

    /// <summary>Keeps a run's place, and waits a while for its turn if it has none yet.</summary>
    /// <remarks>Refuses nothing: a run that was let in and lost its place gets it back.</remarks>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("RenewAsync")]
    Task<Admission> RenewAsync(RenewRequest request, CancellationToken cancellationToken);

    /// <summary>Takes a run's place back and counts what it used; saying it twice does it once.</summary>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("SettleAsync")]
    Task SettleAsync(RunUsage usage, CancellationToken cancellationToken);

    /// <summary>Tells what the tenant may, has and has used today.</summary>
    [Alias("GetStatusAsync")]
    Task<TenantStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Lists what the tenant used, a line for each day (UTC) on which something ended, oldest first; as far back as the ledger is kept.</summary>
    [Alias("ListUsageAsync")]
    Task<ImmutableArray<UsageDay>> ListUsageAsync(CancellationToken cancellationToken);
}
