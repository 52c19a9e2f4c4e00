using Orleans.Core;
using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain with one persistent state, read before it is activated.</summary>
public class Grain<TGrainState> : Grain
{
    private IStorage<TGrainState>? _storage;

    protected Grain()
    {
        if (GrainContext is not ActivationData activation)
            throw new InvalidOperationException("A grain with state is created by the runtime, or with a storage of the test's own.");
        _storage = activation.CreateStateOfGrain<TGrainState>(GetType());
    }

    protected Grain(IStorage<TGrainState> storage) => _storage = storage;

    protected TGrainState State
    {
        get => Storage.State;
        set => Storage.State = value;
    }

    private IStorage<TGrainState> Storage => _storage ??= Runtime.GetStorage<TGrainState>(GrainContext);

    protected virtual Task ClearStateAsync() => Storage.ClearStateAsync();

    protected virtual Task WriteStateAsync() => Storage.WriteStateAsync();

    protected virtual Task ReadStateAsync() => Storage.ReadStateAsync();
}
