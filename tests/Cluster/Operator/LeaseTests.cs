using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Leases;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Darkroom.Tests.Cluster.Operator;

public sealed class LeaseTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Lease_AskedForByTwo_GoesOnWhenTheHolderIsSilentOrGivesItBack()
    {
        var time = new JumpingTime();
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services => services.AddSingleton<TimeProvider>(time));
        var lease = cluster.Grains.GetGrain<ILeaseGrain>("duty");

        Assert.Equal(new LeaseGrant(true, "a", 1), await lease.AcquireAsync("a", Minute, default));
        Assert.Equal(new LeaseGrant(false, "a", 1), await lease.AcquireAsync("b", Minute, default));
        time.Jump(0.9 * Minute);
        Assert.True((await lease.AcquireAsync("a", Minute, default)).IsHeld);
        time.Jump(0.9 * Minute);
        Assert.False((await lease.AcquireAsync("b", Minute, default)).IsHeld);
        time.Jump(0.2 * Minute);
        Assert.Equal(new LeaseGrant(true, "b", 2), await lease.AcquireAsync("b", Minute, default));
        Assert.False((await lease.AcquireAsync("a", Minute, default)).IsHeld);
        await lease.ReleaseAsync("a", default);
        Assert.False((await lease.AcquireAsync("a", Minute, default)).IsHeld);
        await lease.ReleaseAsync("b", default);
        Assert.Equal(new LeaseGrant(true, "a", 3), await lease.AcquireAsync("a", Minute, default));
    }

    [Fact]
    public async Task Lease_WhoseSiloDied_StaysTheHoldersForItsTime()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 2);
        var lease = cluster.Grains.GetGrain<ILeaseGrain>("duty");
        await lease.AcquireAsync("a", Minute, default);
        foreach (var silo in cluster.Silos.Select(silo => silo.Name).ToList())
        {
            await cluster.StartSiloAsync();
            await cluster.KillAsync(silo);
        }

        LeaseGrant? grant = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    grant = await lease.AcquireAsync("b", Minute, default);
                    return true;
                }
                catch (Exception error) when (error is OrleansException or TimeoutException)
                {
                    return false;                                               // the client may not have heard yet that its gateways are gone
                }
            },
            () => "a call reaches a living silo",
            seconds: 90);
        Assert.Equal(new LeaseGrant(false, "a", 1), grant);
        Assert.Equal(new LeaseGrant(true, "a", 1), await lease.AcquireAsync("a", Minute, default));
    }

    [Fact]
    public async Task Lease_ThatCannotBeKept_IsNobodys()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var lease = cluster.Grains.GetGrain<ILeaseGrain>("duty");
        cluster.Blobs.FailNext(1, "write", "lease");
        await Assert.ThrowsAsync<StorageFailedException>(() => lease.AcquireAsync("a", Minute, default));

        Assert.Equal(new LeaseGrant(true, "b", 1), await lease.AcquireAsync("b", Minute, default));
    }

    [Fact]
    public async Task Lease_BadNamesAndTimes_AreRefused()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var lease = cluster.Grains.GetGrain<ILeaseGrain>("duty");
        foreach (var (holder, duration) in new[] { (string.Empty, Minute), (new string('x', 201), Minute), ("a", TimeSpan.Zero), ("a", TimeSpan.FromDays(1)) })
            await Assert.ThrowsAsync<InvalidRequestException>(() => lease.AcquireAsync(holder, duration, default));
    }
}
