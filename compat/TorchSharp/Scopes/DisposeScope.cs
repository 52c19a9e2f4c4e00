using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Owns what is made while it is current, and disposes it at its end, except what was moved out.</summary>
/// <remarks>Slots in order of arrival; a leaving tensor knows its slot and leaves a gap, so that adding and removing cost O(1).</remarks>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager manager;
    private readonly List<IDisposable?> slots = [];
    private int gaps;
    private bool disposed;

    internal DisposeScope? OuterScope { get; set; }

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        this.manager = manager;
        OuterScope = outer;
    }

    public int DisposablesCount => slots.Count - gaps;
    public IReadOnlyList<IDisposable> DisposablesView => slots.OfType<IDisposable>().ToArray();
    public bool Contains(IDisposable disposable) => IndexOf(disposable) >= 0;

    private LifetimeStatistics Statistics => manager.StatisticsInstance.TensorStatistics;

    internal void Add(IDisposable disposable)
    {
        if (disposable is Tensor tensor)
        {
            tensor.OwningDisposeScope = this;
            tensor.ScopeSlot = slots.Count;
        }
        slots.Add(disposable);
    }

    private int IndexOf(IDisposable disposable) => disposable is Tensor tensor
        ? (tensor.OwningDisposeScope == this ? tensor.ScopeSlot : -1)
        : slots.FindLastIndex(held => ReferenceEquals(held, disposable));

    private bool TryRemove(IDisposable disposable)
    {
        int index = IndexOf(disposable);
        if (index < 0)
            return false;
        slots[index] = null;
        gaps++;
        if (disposable is Tensor tensor)
            tensor.OwningDisposeScope = null;
        if (gaps > 64 && gaps > slots.Count / 2)
            CloseGaps();
        return true;
    }

    private void CloseGaps()
    {
        slots.RemoveAll(held => held is null);
        gaps = 0;
        for (int i = 0; i < slots.Count; i++)
            if (slots[i] is Tensor tensor)
                tensor.ScopeSlot = i;
    }

    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope!, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope!, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        Move(scope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOther(scope, first), MoveToOther(scope, second));

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOther(scope, first), MoveToOther(scope, second), MoveToOther(scope, third));

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            Move(scope, disposable);
    }

    /// <summary>Without another scope the object is on its own afterwards.</summary>
    private void Move(DisposeScope? scope, IDisposable disposable)
    {
        if (!TryRemove(disposable))
            return;
        if (scope is null)
            Statistics.DetachedFromScopeCount++;
        else
            scope.Add(disposable);
    }

    public T Detach<T>(T disposable) where T : IDisposable
    {
        Move(null, disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);
    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    public void Attach(IDisposable disposable)
    {
        if (IndexOf(disposable) >= 0)
            return;
        if (disposable is Tensor { OwningDisposeScope: { } owner })
            owner.TryRemove(disposable);
        else
            Statistics.AttachedToScopeCount++;
        Add(disposable);
    }

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var attached = disposables.ToArray();
        foreach (var disposable in attached)
            Attach(disposable);
        return attached;
    }

    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var keep = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        // Backwards: the newest first, and what a Dispose adds or removes does not disturb the walk.
        for (int i = slots.Count - 1; i >= 0; i = Math.Min(i, slots.Count) - 1)
        {
            if (slots[i] is not { } disposable || keep.Contains(disposable))
                continue;
            slots[i] = null;
            gaps++;
            if (disposable is Tensor tensor)
            {
                Statistics.DisposedInScopeCount++;
                tensor.DisposeFromScope();
            }
            else
            {
                disposable.Dispose();
            }
        }
        CloseGaps();
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut((IDisposable)keep);
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
    {
        DisposeEverythingBut((IDisposable)first, second);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        DisposeEverythingBut((IDisposable)first, second, third);
        return (first, second, third);
    }

    /// <summary>Called by an object that is disposed by itself, before the scope ends.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        if (TryRemove(disposable))
            Statistics.DisposedInScopeCount++;
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        DisposeEverything();
        manager.Remove(this);
    }
}
