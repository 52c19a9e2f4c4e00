using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

internal sealed class SiloStatusOracle(SiloRuntime local) : ISiloStatusOracle
{
    private readonly Lock _lock = new();
    private readonly List<ISiloStatusListener> _listeners = [];

    public SiloStatus CurrentStatus => local.Status;

    public string SiloName => local.Name;

    public SiloAddress SiloAddress => local.Address;

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => local.Cluster.FindSilo(siloAddress)?.Status ?? SiloStatus.None;

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) =>
        local.Cluster.Silos.Where(s => !onlyActive || s.Status == SiloStatus.Active).ToDictionary(s => s.Address, s => s.Status);

    public bool TryGetSiloName(SiloAddress siloAddress, [NotNullWhen(true)] out string? siloName)
    {
        siloName = local.Cluster.FindSilo(siloAddress)?.Name;
        return siloName is not null;
    }

    public bool IsDeadSilo(SiloAddress silo) => GetApproximateSiloStatus(silo) == SiloStatus.Dead;

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer)
    {
        lock (_lock)
        {
            if (_listeners.Contains(observer))
                return false;
            _listeners.Add(observer);
            return true;
        }
    }

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer)
    {
        lock (_lock)
            return _listeners.Remove(observer);
    }

    public void Notify(SiloRuntime changed)
    {
        ISiloStatusListener[] listeners;
        lock (_lock)
            listeners = [.. _listeners];
        foreach (var listener in listeners)
        {
            try
            {
                listener.SiloStatusChangeNotification(changed.Address, changed.Status);
            }
            catch (Exception exception)
            {
                local.Logger.LogListenerFailed(exception);
            }
        }
    }
}
