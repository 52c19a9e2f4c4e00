using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Clustering and tracing of a silo.</summary>
public static class CoreHostingExtensions
{
    /// <summary>Makes the silo the first of a cluster in this process, or lets it join the first one. A cluster of processes needs the official package.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev")
    {
        builder.Services.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = IPAddress.Loopback;
            options.SiloPort = siloPort;
            options.GatewayPort = gatewayPort;
        });
        builder.Services.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = serviceId;
            options.ClusterId = clusterId;
        });
        var joins = primarySiloEndpoint is not null && primarySiloEndpoint.Port != siloPort;
        builder.Services.TryAddSingleton(_ => joins ? LocalClusters.FindPrimary(primarySiloEndpoint!) : new ClusterRuntime());
        return builder;
    }

    public static ISiloBuilder UseDevelopmentClustering(this ISiloBuilder builder, IPEndPoint primarySiloEndpoint) =>
        throw OneProcessOnly.Error($"development clustering with the silo at {primarySiloEndpoint}");

    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder)
    {
        builder.Services.TryAddSingleton<CallTracing>();
        return builder;
    }
}

internal static class OneProcessOnly
{
    /// <summary>Orleans also reads its clustering from the configuration.</summary>
    public static void Check(IConfiguration configuration)
    {
        const string Key = "Orleans:Clustering:ProviderType";
        if (configuration[Key] is { Length: > 0 } provider && !provider.Equals("Development", StringComparison.OrdinalIgnoreCase))
            throw Error($"clustering through {provider} ({Key})");
    }

    public static NotSupportedException Error(string what) => new(
        $"This build uses compat/Orleans, a stand-in that runs all silos in one process: {what} is not possible. "
        + "Build with the official package Microsoft.Orleans.Server: PACKAGES=official ./cluster setup");
}
