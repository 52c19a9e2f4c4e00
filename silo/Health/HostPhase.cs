using Darkroom.Silo.Management;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Darkroom.Silo.Health;

/// <summary>Knows whether the host starts, runs or stops, and holds the stop back until whoever sends work has noticed.</summary>
/// <remarks>
/// From the signal on the host is not ready, but works on for <see cref="ManagementOptions.DrainDelay"/>: a load balancer that
/// looks every few seconds sends requests until it has looked again. Then everything stops in the order it was started, backwards.
/// </remarks>
public sealed class HostPhase : IHostedLifecycleService, IDisposable
{
    private readonly IOptions<ManagementOptions> options;
    private readonly TimeProvider time;
    private readonly CancellationTokenRegistration signal;
    private volatile bool isStarted;
    private volatile bool isStopping;

    /// <summary>Begins to listen for the signal.</summary>
    public HostPhase(IHostApplicationLifetime lifetime, IOptions<ManagementOptions> options, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        signal = lifetime.ApplicationStopping.Register(() => isStopping = true);
    }

    /// <summary>Gets whether every part of the host has started.</summary>
    public bool IsStarted => isStarted;

    /// <summary>Gets whether the host was told to stop.</summary>
    public bool IsStopping => isStopping;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        isStarted = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        isStopping = true;
        await Task.Delay(options.Value.DrainDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => signal.Dispose();
}
