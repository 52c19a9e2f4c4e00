using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Starts and stops the silo of a host along its lifecycle.</summary>
internal sealed class SiloHostedService(SiloRuntime silo, SiloLifecycle lifecycle, IServiceProvider services) : IHostedService, IDisposable
{
    private ITimer? _collector;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        silo.Cluster.Join(silo);
        LocalClusters.Add(silo);
        lifecycle.Subscribe("Joining", ServiceLifecycleStage.RuntimeInitialize, _ => Change(SiloStatus.Joining));
        lifecycle.Subscribe("Active", ServiceLifecycleStage.BecomeActive, _ => Change(SiloStatus.Active), LeaveAsync);
        foreach (var participant in services.GetServices<ILifecycleParticipant<ISiloLifecycle>>())
            participant.Participate(lifecycle);
        await lifecycle.StartAsync(cancellationToken);
        var quantum = silo.CollectionOptions.CollectionQuantum;
        _collector = silo.Time.CreateTimer(_ => silo.CollectIdle(), null, quantum, quantum);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_collector is not null)
            await _collector.DisposeAsync();
        try
        {
            await lifecycle.StopAsync(cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    // A host that could not start is disposed without being stopped.
    public void Dispose()
    {
        _collector?.Dispose();
        Leave();
    }

    private void Leave()
    {
        silo.Kill();
        LocalClusters.Remove(silo);
    }

    private Task Change(SiloStatus status)
    {
        silo.ChangeStatus(status);
        return Task.CompletedTask;
    }

    // After the participants of stage Active, which may still call grains of this silo.
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        silo.ChangeStatus(SiloStatus.ShuttingDown);
        await silo.DeactivateAllAsync(cancellationToken);
        silo.ChangeStatus(SiloStatus.Stopping);
    }
}
