using Darkroom.Tests.Kubernetes.Support;
using Xunit;

namespace Darkroom.Tests.Kubernetes;

/// <summary>The network policies let through what the cluster needs, and nothing of the rest.</summary>
public sealed class NetworkTests
{
    private const int Http = 8080, Management = 8081, Silo = 11111, Clients = 30000, Postgres = 5432, Blobs = 10000, Https = 443, ApiServer = 6443, Otlp = 4317, Dns = 53;

    private static readonly Peer Stranger = new("darkroom", new Dictionary<string, string> { ["app.kubernetes.io/name"] = "stranger" });
    private static readonly Peer Prometheus = new("monitoring", new Dictionary<string, string> { ["app.kubernetes.io/name"] = "prometheus" });
    private static readonly Peer Names = new("kube-system", new Dictionary<string, string> { ["k8s-app"] = "kube-dns" });
    private static readonly Peer Elsewhere = new("elsewhere", new Dictionary<string, string> { ["app.kubernetes.io/name"] = "silo" });

    public static TheoryData<string> Overlays => Kustomize.Overlays;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Flow_EachThatIsNeeded_IsAllowed(string overlay)
    {
        var (network, gateway, silos, manifest) = Of(overlay);
        Assert.True(network.Allows(Peer.Outside, gateway, Http));
        Assert.True(network.Allows(Prometheus, gateway, Http));
        foreach (var silo in silos)
        {
            Assert.True(network.Allows(gateway, silo, Clients));
            Assert.All(silos, other => Assert.True(network.Allows(silo, other, Silo)));
            Assert.True(network.Allows(Prometheus, silo, Management));
            Assert.True(network.Allows(silo, Peer.Outside, Https) && network.Allows(silo, Peer.Outside, ApiServer));
        }

        foreach (var pod in manifest.Workloads.Select(Peer.Of))
            Assert.True(network.Allows(pod, Names, Dns, "UDP") && network.Allows(pod, Names, Dns) && network.Allows(pod, Prometheus, Otlp));
        foreach (var workload in manifest.Workloads.Where(workload => workload.Containers[^1]["image"].Text!.StartsWith("darkroom/", StringComparison.Ordinal)))
        {
            var (pod, postgres, azurite) = (Peer.Of(workload), manifest.Find("StatefulSet", "postgres"), manifest.Find("StatefulSet", "azurite"));
            Assert.True(network.Allows(pod, postgres is null ? Peer.Outside : Peer.Of(postgres), Postgres), $"{workload} does not reach the database");
            Assert.True(azurite is null ? network.Allows(pod, Peer.Outside, Https) : network.Allows(pod, Peer.Of(azurite), Blobs), $"{workload} does not reach the blobs");
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Flow_Other_IsRefused(string overlay)
    {
        var (network, gateway, silos, manifest) = Of(overlay);
        foreach (var silo in silos)
        {
            foreach (var (from, port) in new[]
            {
                (gateway, Silo), (gateway, Management), (Stranger, Silo), (Stranger, Clients), (Stranger, Management), (Elsewhere, Silo), (Elsewhere, Clients),
                (Peer.Outside, Silo), (Peer.Outside, Clients), (Peer.Outside, Management), (Prometheus, Clients), (silo, Clients), (silo, Management),
            })
            {
                Assert.False(network.Allows(from, silo, port), $"{from.Labels.GetValueOrDefault("app.kubernetes.io/name", "outside")} reaches port {port} of a silo");
            }

            Assert.False(network.Allows(silo, Peer.Outside, 80));
        }

        Assert.False(network.Allows(gateway, Peer.Outside, ApiServer));
        Assert.False(network.Allows(Stranger, Peer.Outside, Https));
        foreach (var store in manifest.Workloads.Where(workload => workload.Name is "postgres" or "azurite").Select(Peer.Of))
        {
            Assert.False(network.Allows(store, Peer.Outside, Https));
            Assert.False(network.Allows(Stranger, store, Postgres) || network.Allows(Stranger, store, Blobs));
            Assert.False(network.Allows(Peer.Outside, store, Postgres) || network.Allows(Peer.Outside, store, Blobs));
        }
    }

    private static (Network Network, Peer Gateway, Peer[] Silos, Manifest Manifest) Of(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        Peer[] silos = [.. manifest.Of("StatefulSet").Where(set => set.Name.StartsWith("silo-", StringComparison.Ordinal)).Select(Peer.Of)];
        Assert.NotEmpty(silos);
        return (new Network(manifest), Peer.Of(manifest.Find("Deployment", "gateway")!), silos, manifest);
    }
}
