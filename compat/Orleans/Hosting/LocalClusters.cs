using System.Net;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>The clusters of this process by the gateway ports of their silos.</summary>
internal static class LocalClusters
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<int, SiloRuntime> s_byGateway = [];

    public static void Add(SiloRuntime silo)
    {
        var port = silo.GatewayAddress.Endpoint.Port;
        lock (s_lock)
        {
            if (s_byGateway.TryGetValue(port, out var other) && other.Cluster != silo.Cluster && other.Status < SiloStatus.Dead)
            {
                throw new OrleansConfigurationException(
                    $"Gateway port {port} belongs to silo {other.Name} of another cluster in this process. Give UseLocalhostClustering another gatewayPort.");
            }

            s_byGateway[port] = silo;
        }
    }

    public static void Remove(SiloRuntime silo)
    {
        lock (s_lock)
        {
            var port = silo.GatewayAddress.Endpoint.Port;
            if (s_byGateway.GetValueOrDefault(port) == silo)
                s_byGateway.Remove(port);
        }
    }

    public static ClusterRuntime FindPrimary(IPEndPoint silo)
    {
        lock (s_lock)
        {
            return s_byGateway.Values.FirstOrDefault(known => known.Address.Endpoint.Port == silo.Port && known.Status < SiloStatus.Dead)?.Cluster
                ?? throw OneProcessOnly.Error($"joining the silo at {silo}, which no silo of this process is,");
        }
    }

    public static ClusterRuntime Find(int gatewayPort)
    {
        lock (s_lock)
        {
            return s_byGateway.GetValueOrDefault(gatewayPort)?.Cluster
                ?? throw OneProcessOnly.Error($"connecting to gateway port {gatewayPort}, which no silo of this process has,");
        }
    }
}
