using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>The services of a silo.</summary>
internal static class SiloServices
{
    public static void Add(IServiceCollection services)
    {
        // A host has one silo; UseOrleans may be called again to configure it further.
        if (services.Any(d => d.ServiceType == typeof(SiloRuntime)))
            return;
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSerializer();
        services.AddSingleton(p => new SiloRuntime(p, ClusterOf(p)));
        services.AddSingleton<ILocalSiloDetails>(p => p.GetRequiredService<SiloRuntime>());
        services.AddSingleton<ISiloStatusOracle>(p => p.GetRequiredService<SiloRuntime>().Oracle);
        services.AddSingleton(p => p.GetRequiredService<SiloRuntime>().Node);
        services.AddSingleton<IClusterClient>(p => new GrainFactory(p));
        services.AddSingleton<IGrainFactory>(p => p.GetRequiredService<IClusterClient>());
        services.AddSingleton<IGrainRuntime, GrainRuntime>();
        services.AddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.AddSingleton<IPersistentStateFactory, PersistentStateFactory>();
        services.AddScoped<GrainContextHolder>();
        services.AddScoped(p => p.GetRequiredService<GrainContextHolder>().Context!);
        services.AddSingleton<SiloLifecycle>();
        services.TryAddSingleton<PlacementStrategy, ResourceOptimizedPlacement>();
        AddDirector<RandomPlacement, RandomPlacementDirector>(services);
        AddDirector<PreferLocalPlacement, PreferLocalPlacementDirector>(services);
        AddDirector<HashBasedPlacement, HashBasedPlacementDirector>(services);
        AddDirector<ActivationCountBasedPlacement, LeastLoadedPlacementDirector>(services);
        AddDirector<ResourceOptimizedPlacement, LeastLoadedPlacementDirector>(services);
        services.AddHostedService<SiloHostedService>();
    }

    private static void AddDirector<TStrategy, TDirector>(IServiceCollection services)
        where TStrategy : PlacementStrategy
        where TDirector : class, IPlacementDirector => services.AddKeyedSingleton<IPlacementDirector, TDirector>(typeof(TStrategy));

    private static ClusterRuntime ClusterOf(IServiceProvider services) =>
        services.GetService<ClusterRuntime>()
        ?? throw new OrleansConfigurationException(
            "Clustering has not been configured. This build runs all silos in one process: call UseLocalhostClustering, or use InProcessTestClusterBuilder.");
}

/// <summary>The services of a client.</summary>
internal static class ClientServices
{
    public static void Add(IServiceCollection services)
    {
        if (services.Any(d => d.ServiceType == typeof(IClusterClient)))
            return;
        services.AddLogging();
        services.AddOptions();
        services.AddSerializer();
        services.AddSingleton(p => new Node(
            p,
            p.GetService<ClusterRuntime>() ?? throw new OrleansConfigurationException(
                "Clustering has not been configured. Call UseLocalhostClustering with the gateway port of a silo in this process."),
            p.GetRequiredService<IOptions<ClientMessagingOptions>>().Value.ResponseTimeout));
        services.AddSingleton<IClusterClient>(p => new GrainFactory(p));
        services.AddSingleton<IGrainFactory>(p => p.GetRequiredService<IClusterClient>());
        services.AddHostedService<ClientHostedService>();
    }

    private sealed class ClientHostedService(Node node) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            // As Orleans does, a client fails to start where there is no silo.
            node.Cluster.Gateway();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            node.Stopped = "The client has been stopped.";
            return Task.CompletedTask;
        }
    }
}
