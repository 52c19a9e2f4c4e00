using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The dispose scopes of one thread, the innermost being the current one.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => threadSingleton ??= new();

    internal readonly ThreadDisposeScopeStatistics StatisticsInstance = new();

    internal DisposeScope? Current { get; private set; }

    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.StatisticsInstance;

    internal DisposeScope Push() => Current = new DisposeScope(this, Current);

    /// <summary>Takes a scope off the stack, wherever it stands in it.</summary>
    internal void Remove(DisposeScope scope)
    {
        if (Current == scope)
        {
            Current = scope.OuterScope;
            return;
        }
        for (var inner = Current; inner is not null; inner = inner.OuterScope)
        {
            if (inner.OuterScope != scope)
                continue;
            inner.OuterScope = scope.OuterScope;
            return;
        }
    }

    internal void Register(Tensor tensor)
    {
        if (Current is { } scope)
        {
            StatisticsInstance.TensorStatistics.CreatedInScopeCount++;
            scope.Add(tensor);
        }
        else
        {
            StatisticsInstance.TensorStatistics.CreatedOutsideScopeCount++;
        }
    }

    internal static void OnDisposed(Tensor tensor)
    {
        if (tensor.OwningDisposeScope is { } scope)
            scope.MarkAsDisposed(tensor);
        else if (!tensor.IsInvalid)
            ThreadSingleton.StatisticsInstance.TensorStatistics.DisposedOutsideScopeCount++;
    }
}
