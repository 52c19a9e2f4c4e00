using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Providers;

namespace Orleans.Runtime;

/// <summary>One activation of a grain: its instance, its queue of requests, its timers and its life.</summary>
internal sealed partial class ActivationData : IGrainContext
{
    private readonly Lock _lock = new();
    private readonly GrainLifecycle _lifecycle = new();
    private readonly HashSet<GrainTimer> _timers = [];
    private AsyncServiceScope _scope;

    public ActivationData(SiloRuntime silo, GrainClass grainClass, GrainId grainId, IActivationOwner owner)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = grainId;
        _owner = owner;
        Scheduler = new ActivationScheduler(this);
        _lastUse = silo.Time.GetTimestamp();
        Enumerations = new EnumerationTable(this);
    }

    public SiloRuntime Silo { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public GrainReference GrainReference => field ??= new GrainReference(GrainId, InterfaceModel.Of(typeof(IGrain)), Silo.Node);

    public object? GrainInstance { get; private set; }

    public GrainAddress Address => new() { GrainId = GrainId, ActivationId = ActivationId, SiloAddress = Silo.Address };

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public ActivationScheduler Scheduler { get; }

    IWorkItemScheduler IGrainContext.Scheduler => Scheduler;

    public Task Deactivated => _deactivated.Task;

    public IIncomingGrainCallFilter[] IncomingFilters { get; private set; } = [];

    public EnumerationTable Enumerations { get; }

    public static ActivationData Of(IGrainContext context) =>
        context as ActivationData
        ?? throw new InvalidOperationException($"The grain lives in a {context?.GetType().FullName ?? "null"}, not in an activation of this runtime.");

    public GrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_lock)
        {
            if (_state < ActivationState.Deactivating)
            {
                _timers.Add(timer);
                timer.Start();
                return timer;
            }
        }

        // A grain that is going may still start one; it never ticks.
        timer.Dispose();
        return timer;
    }

    public void ForgetTimer(GrainTimer timer)
    {
        lock (_lock)
            _timers.Remove(timer);
    }

    /// <summary>The state of a <see cref="Grain{TGrainState}"/>: where its [StorageProvider] says, else in the default storage.</summary>
    public IStorage<TState> CreateStateOfGrain<TState>(Type grainClass)
    {
        var attribute = (StorageProviderAttribute?)Attribute.GetCustomAttribute(grainClass, typeof(StorageProviderAttribute));
        var configuration = new PersistentStateAttribute("state", attribute?.ProviderName);
        return ActivationServices.GetRequiredService<IPersistentStateFactory>().Create<TState>(this, configuration);
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => ActivationId.GetHashCode();

    public override string ToString() => $"[Activation {GrainId} {ActivationId} on {Silo.Address}]";
}
