using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.TestingHost;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

/// <summary>Two silos and a client, shared by the tests that do not harm them.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    public InProcessTestCluster Cluster { get; } = Build(2);

    public IClusterClient Client => Cluster.Client;

    public static InProcessTestCluster Build(short silos, Action<ISiloBuilder>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.Services.AddGrainStorage("shared", (services, _) => new SharedStorage(services.GetRequiredService<Serializer>()));
            silo.AddPlacementDirector<SiloInKeyPlacement, SiloInKeyDirector>();
            silo.Configure<GrainCollectionOptions>(options => options.DeactivationTimeout = TimeSpan.FromSeconds(5));
            configure?.Invoke(silo);
        });
        return builder.Build();
    }

    public async ValueTask InitializeAsync() => await Cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();

    public static string NewKey() => Guid.NewGuid().ToString("N");
}
