using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Tenants;

/// <summary>A part of a tenant's idempotency keys; one call after the other.</summary>
[GrainType("key")]
internal sealed class KeyGrain(
    [PersistentState("key")] IPersistentState<KeyState> storage, IOptionsMonitor<TenantOptions> options, TimeProvider time) : Grain, IKeyGrain
{
    private const int MaxFingerprintLength = 128;

    private KeyState State => storage.State;

    /// <inheritdoc/>
    public Task<KeyClaim> ClaimRunAsync(string idempotencyKey, RunRequest request, CancellationToken cancellationToken)
    {
        request.Settings.Validate();
        return ClaimAsync(idempotencyKey, "run", request, tenant => RunKey.Create(tenant, Guid.NewGuid().ToString("N")).ToString());
    }

    /// <inheritdoc/>
    public Task<KeyClaim> ClaimJobAsync(string idempotencyKey, JobRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        return ClaimAsync(idempotencyKey, "job", request, tenant => JobKey.Create(tenant, Guid.NewGuid().ToString("N")).ToString());
    }

    /// <inheritdoc/>
    public Task<KeyClaim> ClaimAsync(string idempotencyKey, string kind, string fingerprint, CancellationToken cancellationToken)
    {
        SessionKey.Require(kind, "kind of request");
        if (fingerprint.Length is 0 or > MaxFingerprintLength)
            throw new InvalidRequestException($"The fingerprint has {fingerprint.Length} characters; allowed are 1 to {MaxFingerprintLength}.");
        return ClaimAsync(idempotencyKey, kind, fingerprint, _ => Guid.NewGuid().ToString("N"));
    }

    private async Task<KeyClaim> ClaimAsync<T>(string key, string kind, T request, Func<string, string> name)
    {
        var me = this.GetPrimaryKeyString();
        var tenant = me[..Math.Max(0, me.IndexOf('/', StringComparison.Ordinal))];
        if (IdempotencyKey.GrainKeyOf(tenant, key) != me)
            throw new InvalidRequestException("This part of the tenant's keys does not have that key.");
        if (State.Layout > KeyState.CurrentLayout)
            throw new StorageFailedException($"The keys of the tenant '{tenant}' were written by a newer version of Darkroom (layout {State.Layout}); this one reads up to {KeyState.CurrentLayout}.");

        var now = time.GetUtcNow();
        var lifetime = options.CurrentValue.KeyLifetime;
        var fingerprint = Fingerprint.Of((object)new { kind, request });
        if (State.Keys.TryGetValue(key, out var known) && IsAlive(known))
        {
            return known.Fingerprint == fingerprint
                ? new KeyClaim(known.Id, IsNew: false, known.At + lifetime)
                : throw new KeyConflictException($"The idempotency key '{key}' was used for another request; it is free again at {known.At + lifetime:O}.");
        }

        foreach (var old in State.Keys.Where(pair => !IsAlive(pair.Value)).Select(pair => pair.Key).ToList())
            State.Keys.Remove(old);
        RequireRoom(tenant, now);
        var claimed = new ClaimedKey(fingerprint, name(tenant), now);
        State.Keys.Add(key, claimed);
        State.Layout = KeyState.CurrentLayout;
        await SaveAsync(tenant);
        return new KeyClaim(claimed.Id, IsNew: true, now + lifetime);

        // A clock that was set back must not keep a key for longer.
        bool IsAlive(ClaimedKey claim) => (now - claim.At).Duration() < lifetime;
    }

    private void RequireRoom(string tenant, DateTimeOffset now)
    {
        var most = options.CurrentValue.MaxKeys / IdempotencyKey.Parts;
        if (State.Keys.Count < most)
            return;
        var free = State.Keys.Values.Min(claim => claim.At) + options.CurrentValue.KeyLifetime - now;
        TenantMetrics.Refused(QuotaLimit.IdempotencyKeys, options.CurrentValue.ClassOf(tenant));
        throw new QuotaExceededException(
            $"Of the tenant '{tenant}' {State.Keys.Count} idempotency keys are remembered in one of {IdempotencyKey.Parts} parts; {most} are allowed ({TenantOptions.SectionName}:{nameof(TenantOptions.MaxKeys)}).",
            QuotaLimit.IdempotencyKeys, State.Keys.Count, most, free > TimeSpan.Zero ? free : TimeSpan.FromSeconds(1));
    }

    private async Task SaveAsync(string tenant)
    {
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception error)
        {
            // Not acknowledged; the next activation reads what is really there.
            DeactivateOnIdle();
            throw new StorageFailedException($"An idempotency key of the tenant '{tenant}' could not be kept: {error.Message}");
        }
    }
}
