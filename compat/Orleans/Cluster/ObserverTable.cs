using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>Objects outside the grains that grains call. Held weakly, as in Orleans: who wants to be called keeps the object.</summary>
internal sealed class ObserverTable
{
    public static readonly GrainType Type = GrainType.Create("sys.client");

    private readonly ConcurrentDictionary<GrainId, Observer> _observers = new();

    public GrainId Add(IGrainObserver target, Node owner)
    {
        var id = GrainId.Create(Type, Guid.NewGuid().ToString("N"));
        _observers[id] = new Observer(target, owner);
        return id;
    }

    public void Remove(GrainId id) => _observers.TryRemove(id, out _);

    /// <summary>Delivers a call if its target is an observer.</summary>
    public bool TryDeliver(GrainId id, RoutedRequest request)
    {
        if (id.Type != Type)
            return false;
        if (request is not IObserverCall call)
            request.Fail(new NotSupportedException("An observer cannot return a stream."));
        else if (!_observers.TryGetValue(id, out var observer) || observer.Owner.Stopped is not null || !observer.Target.TryGetTarget(out var target))
            request.Fail(new ClientNotAvailableException(id));
        else
            observer.Deliver(call, target);
        return true;
    }

    private sealed class Observer(IGrainObserver target, Node owner)
    {
        private readonly Lock _lock = new();
        private Task _last = Task.CompletedTask;

        public WeakReference<IGrainObserver> Target { get; } = new(target);

        public Node Owner => owner;

        // One call after the other, in the order they were sent.
        public void Deliver(IObserverCall call, IGrainObserver target)
        {
            lock (_lock)
                _last = DeliverAfter(_last, call, target);
        }

        private static async Task DeliverAfter(Task last, IObserverCall call, IGrainObserver target)
        {
            await last.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

            // The caller's ambient values do not reach the observer, its RequestContext does.
            System.Diagnostics.Activity.Current = null;
            await call.RunOnObserverAsync(target).ConfigureAwait(false);
        }
    }
}

/// <summary>A call that an observer can answer.</summary>
internal interface IObserverCall
{
    Task RunOnObserverAsync(object observer);
}
