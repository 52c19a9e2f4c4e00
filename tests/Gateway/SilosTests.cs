using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

/// <summary>A gateway with three silos in its process.</summary>
public sealed class ThreeSilosApp : GatewayApp
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Gateway:Silos", "3"), new("Device:Threads", "1"), new("Device:ProfileTime", "00:00:00")];
}

public sealed class SilosTests(ThreeSilosApp app) : IClassFixture<ThreeSilosApp>
{
    [Fact]
    public async Task Silos_AreOneCluster()
    {
        var cluster = await app.Http.GetAsync("/v1/cluster").JsonAsync();

        Assert.Equal(3, cluster["silos"]!.AsArray().Count);
        Assert.Equal("v1", await app.Http.RestoreAsync(await app.Http.OpenAsync(), "<restore>"));
    }
}
