using Darkroom.Contracts.Devices;
using Darkroom.Grains.Devices;
using Darkroom.Silo.Management;
using Darkroom.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Silo.Health;

/// <summary>A process whose devices all hang for long cannot help itself: what a device does not come back from cannot be stopped.</summary>
internal sealed class DeviceLivenessCheck(DeviceHealth? devices, IOptions<ManagementOptions> options, TimeProvider time) : IHealthCheck
{
    private readonly Lock gate = new();
    private long? hungSince;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var limit = options.Value.HungLimit;
        long? since;
        lock (gate)
            since = hungSince = devices?.IsAnyReady != false ? null : hungSince ?? time.GetTimestamp();
        return Task.FromResult(since is { } start && time.GetElapsedTime(start) >= limit
            ? HealthCheckResult.Unhealthy($"Every device hangs for longer than {limit} ({ManagementOptions.SectionName}:{nameof(ManagementOptions.HungLimit)}); only a new process frees them.")
            : HealthCheckResult.Healthy());
    }
}

/// <summary>Work needs a device that comes back from it; a gateway without a silo has none of its own.</summary>
internal sealed class DeviceReadinessCheck(DeviceHealth? devices) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        devices?.IsAnyReady != false ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"No device is ready; these hang: {string.Join(", ", devices.Hung)}."));
}

/// <summary>Pictures and state are in the blob store: without it nothing can be taken or given.</summary>
internal sealed class BlobCheck(IBlobStore blobs) : IHealthCheck
{
    // Whether it is there does not matter, only that the store says so.
    private const string Probe = "health/probe";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await blobs.FindAsync(Probe, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (BlobStoreException error)
        {
            return HealthCheckResult.Unhealthy("The blob store does not answer.", error);
        }
    }
}

/// <summary>A silo takes work when the cluster's table says that it is active; a gateway without one when it reaches a silo that does.</summary>
internal sealed class MembershipCheck(ISiloStatusOracle? oracle, IGrainFactory grains) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (oracle is not null)
            return oracle.CurrentStatus == SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The silo is {oracle.CurrentStatus} in its cluster.");
        var silos = await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return silos.Any(silo => !silo.IsStopping) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No silo of the cluster takes work.");
    }
}
