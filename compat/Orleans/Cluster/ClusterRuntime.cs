using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orleans.Runtime;

/// <summary>The silos of one logical cluster, all in this process, and where each grain is active.</summary>
internal sealed class ClusterRuntime
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<GrainId, DirectoryEntry> _directory = new();
    private ImmutableArray<SiloRuntime> _silos = [];
    private int _turn;

    /// <summary>Gets all silos that ever joined, the dead ones included.</summary>
    public ImmutableArray<SiloRuntime> Silos => _silos;

    public ImmutableArray<SiloRuntime> ActiveSilos { get; private set; } = [];

    public ObserverTable Observers { get; } = new();

    public void Join(SiloRuntime silo)
    {
        lock (_lock)
            _silos = _silos.Add(silo);
    }

    /// <summary>Tells every silo of a change; called by the silo that changes.</summary>
    public void Publish(SiloRuntime changed)
    {
        lock (_lock)
            ActiveSilos = [.. _silos.Where(s => s.Status == SiloStatus.Active)];
        foreach (var silo in _silos)
            silo.Oracle.Notify(changed);
    }

    public SiloRuntime? FindSilo(SiloAddress address) => _silos.FirstOrDefault(s => s.Address.Equals(address));

    /// <summary>The silo that serves a client's next call.</summary>
    public SiloRuntime Gateway()
    {
        var active = ActiveSilos;
        return active.Length == 0
            ? throw new SiloUnavailableException("No silo of the cluster is active.")
            : active[(int)((uint)Interlocked.Increment(ref _turn) % (uint)active.Length)];
    }

    public void Dispatch(RoutedRequest request)
    {
        var id = request.Target.GrainId;
        if (Observers.TryDeliver(id, request))
            return;
        var grainClass = GrainClassMap.Of(id.Type);
        if (grainClass.Placement is StatelessWorkerPlacement workers)
        {
            var silo = request.Sender.Silo is { Status: SiloStatus.Active } own ? own : Gateway();
            silo.Workers.Submit(grainClass, workers, request);
            return;
        }

        DirectoryEntry entry;
        do
        {
            entry = _directory.TryGetValue(id, out var found) ? found : _directory.GetOrAdd(id, new DirectoryEntry(this, grainClass, id));
        }
        while (!entry.TrySubmit(request));
    }

    public void Remove(DirectoryEntry entry) => _directory.TryRemove(new(entry.GrainId, entry));

    public ActivationData? FindActivation(GrainId id) => _directory.TryGetValue(id, out var entry) ? entry.Activation : null;
}
