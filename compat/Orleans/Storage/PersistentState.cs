using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Runtime;

internal sealed class PersistentStateFactory : IPersistentStateFactory
{
    public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config)
    {
        var name = string.IsNullOrEmpty(config.StorageName) ? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME : config.StorageName;
        var storage = context.ActivationServices.GetKeyedService<IGrainStorage>(name)
            ?? throw new OrleansException(
                $"No storage provider named '{name}' was found while a state of grain {context.GrainId} was made. "
                + "Add one with AddMemoryGrainStorage or AddGrainStorage.");
        return new PersistentState<TState>(context, config.StateName, storage);
    }
}

/// <summary>The state of a grain: read when the grain is activated, taken along when it migrates.</summary>
internal sealed class PersistentState<TState> : IPersistentState<TState>, ILifecycleObserver, IGrainMigrationParticipant
{
    private readonly IGrainContext _context;
    private readonly string _name;
    private readonly IGrainStorage _storage;
    private GrainState<TState> _state = NewState();
    private bool _wasRehydrated;

    public PersistentState(IGrainContext context, string name, IGrainStorage storage)
    {
        _context = context;
        _name = name;
        _storage = storage;
        context.ObservableLifecycle.Subscribe($"State {name}", GrainLifecycleStage.SetupState, this);
        context.ObservableLifecycle.AddMigrationParticipant(this);
    }

    public TState State
    {
        get => _state.State;
        set => _state.State = value;
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _state.RecordExists;

    public Task OnStart(CancellationToken cancellationToken = default) => _wasRehydrated ? Task.CompletedTask : ReadStateAsync(cancellationToken);

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task ReadStateAsync() => ReadStateAsync(default);

    public Task WriteStateAsync() => WriteStateAsync(default);

    public Task ClearStateAsync() => ClearStateAsync(default);

    public async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        await RunAsync("read", () => _storage.ReadStateAsync(_name, _context.GrainId, _state, cancellationToken));
        if (_state.State is null)
            _state.State = NewState().State;
    }

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        RunAsync("write", () => _storage.WriteStateAsync(_name, _context.GrainId, _state, cancellationToken));

    // What becomes of the state in memory is the storage's task, as in Orleans.
    public Task ClearStateAsync(CancellationToken cancellationToken) =>
        RunAsync("clear", () => _storage.ClearStateAsync(_name, _context.GrainId, _state, cancellationToken));

    public void OnDehydrate(IDehydrationContext dehydrationContext) => dehydrationContext.TryAddValue($"state.{_name}", _state);

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetValue<GrainState<TState>>($"state.{_name}", out var state))
            return;
        _state = state;
        _wasRehydrated = true;
    }

    private static GrainState<TState> NewState() => new(EmptyState<TState>.Create());

    private async Task RunAsync(string operation, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception exception) when (exception is not OrleansException and not OperationCanceledException)
        {
            throw new OrleansException(
                $"The storage {_storage.GetType().Name} could not {operation} state '{_name}' of grain {_context.GrainId}: {exception.Message}", exception);
        }
    }
}
