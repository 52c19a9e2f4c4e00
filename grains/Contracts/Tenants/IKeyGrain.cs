using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Tenants;

/// <summary>Remembers a part of a tenant's idempotency keys. The key is <c>{tenant}/{part}</c>, see <see cref="IdempotencyKey"/>.</summary>
/// <remarks>
/// It names a run or a job and starts nothing: whoever claimed a name starts what has it, and may do so again and again.
/// A key is forgotten a while after it was first said; what is said under it then is done anew.
/// </remarks>
[Alias("Darkroom.IKeyGrain")]
public interface IKeyGrain : IGrainWithStringKey
{
    /// <summary>Names the run for a key: a new name at first, the same one from then on.</summary>
    /// <exception cref="KeyConflictException">The key was used for another request.</exception>
    /// <exception cref="QuotaExceededException">Too many keys are remembered.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("ClaimRunAsync")]
    Task<KeyClaim> ClaimRunAsync(string idempotencyKey, RunRequest request, CancellationToken cancellationToken);

    /// <summary>Names the job for a key: a new name at first, the same one from then on.</summary>
    /// <exception cref="KeyConflictException">The key was used for another request.</exception>
    /// <exception cref="QuotaExceededException">Too many keys are remembered.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("ClaimJobAsync")]
    Task<KeyClaim> ClaimJobAsync(string idempotencyKey, JobRequest request, CancellationToken cancellationToken);

    /// <summary>Names anything else for a key: a new name at first, the same one from then on. The name is a plain one, without the tenant.</summary>
    /// <param name="idempotencyKey">The key.</param>
    /// <param name="kind">What kind of request it is.</param>
    /// <param name="fingerprint">Says the request's content in at most 128 characters; equal contents have equal ones.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KeyConflictException">The key was used for another request.</exception>
    /// <exception cref="QuotaExceededException">Too many keys are remembered.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("ClaimAsync")]
    Task<KeyClaim> ClaimAsync(string idempotencyKey, string kind, string fingerprint, CancellationToken cancellationToken);
}

/// <summary>What a key stands for.</summary>
/// <param name="Id">The run's or the job's id.</param>
/// <param name="IsNew">Whether the key was not known before.</param>
/// <param name="ExpiresAt">Until when the key is remembered.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.KeyClaim")]
public sealed record KeyClaim(
    [property: Id(0)] string Id,
    [property: Id(1)] bool IsNew,
    [property: Id(2)] DateTimeOffset ExpiresAt);
