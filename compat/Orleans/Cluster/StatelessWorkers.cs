namespace Orleans.Runtime;

/// <summary>The activations of stateless workers on one silo: as many of a grain as its calls need, up to its limit.</summary>
internal sealed class StatelessWorkers(SiloRuntime silo) : IActivationOwner
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, List<ActivationData>> _workers = [];

    public void Submit(GrainClass grainClass, StatelessWorkerPlacement placement, RoutedRequest request)
    {
        ActivationData? created = null;
        lock (_lock)
        {
            var id = request.Target.GrainId;
            if (!_workers.TryGetValue(id, out var workers))
                _workers[id] = workers = [];
            var idlest = workers.MinBy(w => w.Load);
            if (idlest is null || (idlest.Load > 0 && workers.Count < placement.MaxLocal))
            {
                idlest = created = silo.CreateActivation(grainClass, id, this);
                workers.Add(idlest);
            }

            if (!idlest.TryEnqueue(request))
                request.Fail(new SiloUnavailableException($"Silo {silo.Address} is no longer active."));
        }

        created?.Start(null);
    }

    public void Forget(ActivationData activation)
    {
        lock (_lock)
        {
            if (_workers.TryGetValue(activation.GrainId, out var workers) && workers.Remove(activation) && workers.Count == 0)
                _workers.Remove(activation.GrainId);
        }
    }

    public void Replace(ActivationData activation, SiloRuntime target, RehydrationContext luggage) => Forget(activation);
}
