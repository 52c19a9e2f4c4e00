using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class TurnTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Grain_ConcurrentCalls_DoNotInterleave()
    {
        var grain = fixture.Client.GetGrain<ITurnGrain>(ClusterFixture.NewKey());

        var most = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.Overlap(3)));

        Assert.All(most, m => Assert.Equal(1, m));
    }

    [Fact]
    public async Task ReentrantGrain_ConcurrentCalls_Interleave()
    {
        var grain = fixture.Client.GetGrain<IReentrantGrain>(ClusterFixture.NewKey());

        var most = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.Overlap(20)));

        Assert.Contains(most, m => m > 1);
    }

    [Fact]
    public async Task AlwaysInterleaveMethod_WhileAnotherCallRuns_Runs()
    {
        var key = ClusterFixture.NewKey();
        var grain = fixture.Client.GetGrain<ITurnGrain>(key);
        var waiting = grain.Wait(key);

        await grain.Give(key);

        await waiting;
    }

    [Fact]
    public async Task ReadOnlyMethods_AtTheSameTime_Interleave()
    {
        var key = ClusterFixture.NewKey();
        var grain = fixture.Client.GetGrain<ITurnGrain>(key);

        // Each waits until the other is inside.
        var inside = await Task.WhenAll(grain.Read(key), grain.Read(key));

        Assert.Equal([1, 2], inside.Order());
    }

    [Fact]
    public async Task Grain_AfterAwait_IsOnItsScheduler() =>
        Assert.Equal("same", await fixture.Client.GetGrain<ITurnGrain>(ClusterFixture.NewKey()).SchedulerCheck());

    [Fact]
    public async Task CallCycle_OfNonReentrantGrains_TimesOut()
    {
        await using var cluster = ClusterFixture.Build(1, silo =>
            silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromMilliseconds(300)));
        await cluster.DeployAsync();
        var a = cluster.Client.GetGrain<ITurnGrain>("a");
        var b = cluster.Client.GetGrain<ITurnGrain>("b");

        await Assert.ThrowsAsync<TimeoutException>(() => a.AskBack(b, a));
    }

    [Fact]
    public async Task ResponseTimeout_OfMethod_LimitsTheCall()
    {
        var key = ClusterFixture.NewKey();
        var grain = fixture.Client.GetGrain<ITurnGrain>(key);

        await Assert.ThrowsAsync<TimeoutException>(() => grain.WaitBriefly(key));

        // The grain is still in the call that nobody waits for; another turn can end it.
        await grain.Give(key);
        await grain.Overlap(1);
    }

    [Fact]
    public async Task OneWayMethod_ThatFails_TellsTheCallerNothing()
    {
        var key = ClusterFixture.NewKey();

        await fixture.Client.GetGrain<ITurnGrain>(key).Forget(key);

        await TurnGrainBase.Signal(key).Task;
    }

    [Fact]
    public async Task RequestContext_SetByCaller_ReachesTheGrainAndStaysThere()
    {
        var grain = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());
        RequestContext.Set("who", "the test");

        var seen = await grain.Context("who");
        RequestContext.Clear();

        Assert.Equal("the test", seen);
        Assert.Null(await grain.Context("who"));
    }
}
