using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Leases;
using Orleans.Runtime;

namespace Darkroom.Grains.Leases;

/// <summary>One lease; one call after the other.</summary>
/// <remarks>An activation that just came to life does not know when the holder was heard last: it counts the silence from then on.</remarks>
[GrainType("lease")]
internal sealed class LeaseGrain([PersistentState("lease")] IPersistentState<LeaseState> storage, TimeProvider time) : Grain, ILeaseGrain
{
    private const int MaxHolderLength = 200;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromHours(1);

    private long heardAt;

    private LeaseState State => storage.State;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        heardAt = time.GetTimestamp();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LeaseGrant> AcquireAsync(string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(holder) || holder.Length > MaxHolderLength)
            throw new InvalidRequestException($"The name of a lease's holder has 1 to {MaxHolderLength} characters; this one has {holder?.Length ?? 0}.");
        if (duration <= TimeSpan.Zero || duration > MaxDuration)
            throw new InvalidRequestException($"The lease's duration is {duration}; allowed are more than 0 to {MaxDuration}.");
        if (State.Layout > LeaseState.CurrentLayout)
            throw new StorageFailedException($"The lease '{this.GetPrimaryKeyString()}' was written by a newer version of Darkroom (layout {State.Layout}); this one reads up to {LeaseState.CurrentLayout}.");
        if (State.Holder != holder && State.Holder.Length > 0 && time.GetElapsedTime(heardAt) < State.Duration)
            return new LeaseGrant(false, State.Holder, State.Term);

        if (State.Holder != holder)
            await WriteAsync(holder, duration, State.Term + 1);
        else if (State.Duration != duration)
            await WriteAsync(holder, duration, State.Term);
        heardAt = time.GetTimestamp();
        return new LeaseGrant(true, State.Holder, State.Term);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(string holder, CancellationToken cancellationToken) =>
        State.Holder == holder && State.Layout == LeaseState.CurrentLayout ? WriteAsync(string.Empty, State.Duration, State.Term) : Task.CompletedTask;

    private async Task WriteAsync(string holder, TimeSpan duration, long term)
    {
        (State.Layout, State.Holder, State.Duration, State.Term) = (LeaseState.CurrentLayout, holder, duration, term);
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            // Not acknowledged; the next activation reads what is really there.
            DeactivateOnIdle();
            throw;
        }
    }
}
