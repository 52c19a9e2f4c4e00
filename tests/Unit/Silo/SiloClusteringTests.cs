using Darkroom.Silo;
using Darkroom.Silo.Clustering;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Darkroom.Tests.Unit.Silo;

public sealed class SiloClusteringTests
{
    [Fact]
    public void ReadOptions_Nothing_IsAClusterByItself()
    {
        var options = Read();
        Assert.False(options.IsClustered);
        Assert.Equal((ClusterProvider.PostgreSql, "darkroom", 11111, 30000), (options.Provider, options.ClusterId, options.SiloPort, options.GatewayPort));
        Assert.Equal(TimeSpan.FromSeconds(2), options.ProbeTimeout);
    }

    [Fact]
    public void ReadOptions_ConnectionString_IsOneOfSeveral() => Assert.True(Read(("ConnectionString", "Host=db")).IsClustered);

    [Theory]
    [InlineData("Provider", "Redis")]
    [InlineData("Provider", "7")]
    [InlineData("ClusterId", "")]
    [InlineData("SiloPort", "0")]
    [InlineData("SiloPort", "many")]
    [InlineData("GatewayPort", "70000")]
    [InlineData("GatewayPort", "11111")]
    [InlineData("Address", "everywhere")]
    [InlineData("Kubernetes", "true")]
    [InlineData("ProbeTimeout", "00:00:00")]
    public void ReadOptions_BadValue_IsRefusedByName(string name, string value)
    {
        var error = Assert.Throws<ClusteringException>(() => Read((name, value)));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_SeveralProcessesWithTheStandIns_IsRefusedWithTheRemedy()
    {
        Assert.SkipWhen(SiloClustering.IsAvailable, "The official packages run in several processes.");
        var error = Assert.Throws<ClusteringException>(() => SiloHost.Build(["--Cluster:ConnectionString=Host=db"]));
        Assert.Contains("PACKAGES=official ./cluster setup", error.Message, StringComparison.Ordinal);
    }

    private static SiloClusterOptions Read(params (string Name, string Value)[] settings) => SiloClustering.ReadOptions(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Cluster:{setting.Name}", (string?)setting.Value))).Build());
}
