using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Leases;

/// <summary>Lets one of several silos do what only one should. The key names the duty, such as <c>operator</c>.</summary>
/// <remarks>
/// The holder says again and again that it is there; once it has been silent for as long as it asked for, or gives the lease back, the next
/// one that asks gets it. Two may believe for a moment that they hold it, as when a cluster is split: what they do must bear that.
/// </remarks>
[Alias("Darkroom.ILeaseGrain")]
public interface ILeaseGrain : IGrainWithStringKey
{
    /// <summary>Asks for the lease, or holds on to it.</summary>
    /// <param name="holder">Who asks; another name for each life of a silo.</param>
    /// <param name="duration">After which silence of the holder somebody else may have it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidRequestException">The name or the duration is not allowed.</exception>
    /// <exception cref="StorageFailedException">It could not be kept who has it; nobody new has it.</exception>
    [Alias("AcquireAsync")]
    Task<LeaseGrant> AcquireAsync(string holder, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Gives the lease back; nothing happens if somebody else has it.</summary>
    /// <exception cref="StorageFailedException">It could not be kept; the lease ends by itself.</exception>
    [Alias("ReleaseAsync")]
    Task ReleaseAsync(string holder, CancellationToken cancellationToken);
}

/// <summary>Who has a lease.</summary>
/// <param name="IsHeld">Whether whoever asked has it.</param>
/// <param name="Holder">Who has it.</param>
/// <param name="Term">One more each time somebody else got it.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.LeaseGrant")]
public sealed record LeaseGrant(
    [property: Id(0)] bool IsHeld,
    [property: Id(1)] string Holder,
    [property: Id(2)] long Term);
