using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>One logical silo: its activations and its place in the cluster.</summary>
internal sealed class SiloRuntime : ILocalSiloDetails
{
    private readonly Lock _lock = new();
    private readonly HashSet<ActivationData> _activations = [];

    public SiloRuntime(IServiceProvider services, ClusterRuntime cluster)
    {
        Services = services;
        Cluster = cluster;
        Logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Silo");
        Time = services.GetRequiredService<TimeProvider>();
        CollectionOptions = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        var endpoint = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        var options = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        ClusterId = options.ClusterId;
        Address = SiloAddress.New(endpoint.AdvertisedIPAddress ?? IPAddress.Loopback, endpoint.SiloPort, SiloAddress.AllocateNewGeneration());
        GatewayAddress = SiloAddress.New(Address.Endpoint.Address, endpoint.GatewayPort, 0);
        Name = services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName ?? $"Silo_{Address.Generation:X5}";
        Oracle = new SiloStatusOracle(this);
        Workers = new StatelessWorkers(this);
    }

    public IServiceProvider Services { get; }

    public ClusterRuntime Cluster { get; }

    public ILogger Logger { get; }

    public TimeProvider Time { get; }

    public GrainCollectionOptions CollectionOptions { get; }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName { get; } = Dns.GetHostName();

    public SiloAddress Address { get; }

    SiloAddress ILocalSiloDetails.SiloAddress => Address;

    public SiloAddress GatewayAddress { get; }

    public SiloStatus Status { get; private set; } = SiloStatus.Created;

    public SiloStatusOracle Oracle { get; }

    public StatelessWorkers Workers { get; }

    // Made when first needed: filters and directors may themselves need this silo.
    public Node Node => field ??= new Node(Services, Cluster, Services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.ResponseTimeout) { Silo = this };

    public PlacementService Placement => field ??= new PlacementService(this);

    public Serializer Serializer => field ??= Services.GetRequiredService<Serializer>();

    public IIncomingGrainCallFilter[] IncomingFilters => field ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    public int ActivationCount
    {
        get
        {
            lock (_lock)
                return _activations.Count;
        }
    }

    public ActivationData[] Activations
    {
        get
        {
            lock (_lock)
                return [.. _activations];
        }
    }

    public void ChangeStatus(SiloStatus status)
    {
        lock (_lock)
        {
            if (Status >= status)
                return;
            Status = status;
        }

        Cluster.Publish(this);
        Logger.LogSiloStatus(Name, status, Address);
    }

    public ActivationData CreateActivation(GrainClass grainClass, GrainId grainId, IActivationOwner owner)
    {
        var activation = new ActivationData(this, grainClass, grainId, owner);
        lock (_lock)
        {
            if (Status != SiloStatus.Active)
                throw new SiloUnavailableException($"Silo {Name} ({Address}) is {Status}: it cannot activate grain {grainId}.");
            _activations.Add(activation);
        }

        return activation;
    }

    public void Forget(ActivationData activation)
    {
        lock (_lock)
            _activations.Remove(activation);
    }

    /// <summary>Dies at once: activations are lost, calls to them fail.</summary>
    public void Kill()
    {
        ChangeStatus(SiloStatus.Dead);
        var cause = new SiloUnavailableException($"Silo {Name} ({Address}) is dead: the call was lost with it.");
        foreach (var activation in Activations)
        {
            activation.Kill(cause);
            Forget(activation);
        }
    }

    /// <summary>Deactivates every grain; those that do not end in time are lost.</summary>
    public async Task DeactivateAllAsync(CancellationToken cancellationToken)
    {
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is shutting down.");
        var activations = Activations;
        foreach (var activation in activations)
            activation.Deactivate(reason, cancellationToken);
        try
        {
            await Task.WhenAll(activations.Select(a => a.Deactivated)).WaitAsync(CollectionOptions.DeactivationTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Kill();
        }
    }

    public void CollectIdle()
    {
        foreach (var activation in Activations)
        {
            var age = activation.Class.CollectionAge ?? AgeByOptions(activation.Class);
            if (age != Timeout.InfiniteTimeSpan && activation.IsIdleFor(age))
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"The activation was idle for {age}."));
        }
    }

    private TimeSpan AgeByOptions(GrainClass grainClass) =>
        CollectionOptions.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age) ? age : CollectionOptions.CollectionAge;
}
