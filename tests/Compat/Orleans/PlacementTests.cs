using Orleans;
using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class PlacementTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task PlacementDirector_OfTheApplication_IsObeyed()
    {
        foreach (var silo in fixture.Cluster.Silos)
        {
            var address = silo.SiloAddress.ToParsableString();
            for (var i = 0; i < 5; i++)
                Assert.Equal(address, await fixture.Client.GetGrain<IPinnedGrain>($"{address}/{i}").Where());
        }
    }

    [Fact]
    public async Task PlacementDirector_ThatRefuses_FailsTheCall()
    {
        var gone = SiloAddress.New(fixture.Cluster.Silos[0].SiloAddress.Endpoint, 1).ToParsableString();

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => fixture.Client.GetGrain<IPinnedGrain>($"{gone}/x").Where());

        Assert.Contains("is not there", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PreferLocalPlacement_CalledFromAGrain_StaysOnItsSilo()
    {
        for (var i = 0; i < 10; i++)
        {
            var caller = fixture.Client.GetGrain<IPlacingGrain>(ClusterFixture.NewKey());

            Assert.Equal(await caller.Where(), await caller.WhereIsLocal(ClusterFixture.NewKey()));
        }
    }

    [Fact]
    public async Task RandomPlacement_OfManyGrains_UsesEverySilo()
    {
        var silos = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => fixture.Client.GetGrain<IPlacingGrain>(ClusterFixture.NewKey()).Where()));

        Assert.Equal(2, silos.Distinct().Count());
    }
}
