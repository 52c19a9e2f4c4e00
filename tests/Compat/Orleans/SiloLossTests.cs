using Orleans;
using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class SiloLossTests
{
    [Fact]
    public async Task KilledSilo_LosesItsActivations_TheyComeBackOnAnother()
    {
        await using var cluster = ClusterFixture.Build(2);
        await cluster.DeployAsync();
        var grains = Enumerable.Range(0, 8).Select(i => cluster.Client.GetGrain<ICounterGrain>($"killed-{i}-{ClusterFixture.NewKey()}")).ToArray();
        await Task.WhenAll(grains.Select(g => g.Increment()));
        var doomed = cluster.Silos[1];
        var lost = new List<ICounterGrain>();
        foreach (var grain in grains)
        {
            if (await grain.Where() == doomed.Name)
                lost.Add(grain);
        }

        Assert.NotEmpty(lost);
        await cluster.KillSiloAsync(doomed);

        foreach (var grain in lost)
        {
            Assert.Equal(2, await grain.Increment());
            Assert.Equal(cluster.Silos[0].Name, await grain.Where());
            if (StandIn.Has(typeof(Grain)))   // The official test cluster stops the silo, without waiting for its grains.
                Assert.DoesNotContain(CounterGrain.Deactivations, d => d.Key == grain.GetPrimaryKeyString());
        }
    }

    [Fact]
    public async Task KilledSilo_WithACallInIt_FailsTheCall()
    {
        await using var cluster = ClusterFixture.Build(2);
        await cluster.DeployAsync();
        var doomed = cluster.Silos[1];
        var key = $"{doomed.SiloAddress.ToParsableString()}/{ClusterFixture.NewKey()}";
        var grain = cluster.Client.GetGrain<IPinnedWaitGrain>(key);
        var call = grain.Wait();
        await PinnedWaitGrain.Entered(key).Task;

        await cluster.KillSiloAsync(doomed);

        // Which one depends on what comes first: the call's time limit or the cluster's verdict on the silo.
        var error = await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.True(error is SiloUnavailableException or TimeoutException, error.ToString());
    }

    [Fact]
    public async Task StoppedSilo_DeactivatesItsGrains_TheyComeBackOnAnother()
    {
        await using var cluster = ClusterFixture.Build(2);
        await cluster.DeployAsync();
        var leaving = cluster.Silos[1];
        var grains = Enumerable.Range(0, 8).Select(i => cluster.Client.GetGrain<ICounterGrain>($"stopped-{i}-{ClusterFixture.NewKey()}")).ToArray();
        await Task.WhenAll(grains.Select(g => g.Increment()));
        var moved = new List<ICounterGrain>();
        foreach (var grain in grains)
        {
            if (await grain.Where() == leaving.Name)
                moved.Add(grain);
        }

        Assert.NotEmpty(moved);
        await cluster.StopSiloAsync(leaving);

        foreach (var grain in moved)
        {
            Assert.Contains((grain.GetPrimaryKeyString(), DeactivationReasonCode.ShuttingDown), CounterGrain.Deactivations);
            Assert.Equal(2, await grain.Increment());
        }
    }

    [Fact]
    public async Task AdditionalSilo_AfterDeploy_TakesActivations()
    {
        await using var cluster = ClusterFixture.Build(1);
        await cluster.DeployAsync();

        var added = await cluster.StartAdditionalSiloAsync();
        await cluster.WaitForLivenessToStabilizeAsync();
        var grain = cluster.Client.GetGrain<IPinnedGrain>($"{added.SiloAddress.ToParsableString()}/x");

        Assert.Equal(added.SiloAddress.ToParsableString(), await grain.Where());
        Assert.Equal(2, cluster.Silos.Count);
    }

    [Fact]
    public async Task MigratingGrain_TakesItsStateAlong()
    {
        await using var cluster = ClusterFixture.Build(2);
        await cluster.DeployAsync();
        var grain = cluster.Client.GetGrain<ICounterGrain>(ClusterFixture.NewKey());
        await grain.Increment();
        var from = await grain.Where();
        var target = cluster.Silos.Single(s => s.Name != from).SiloAddress;

        RequestContext.Set(global::Orleans.Runtime.Placement.IPlacementDirector.PlacementHintKey, target);
        await grain.Migrate();
        RequestContext.Clear();

        string now;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            now = await grain.Where();
        }
        while (now == from);
        Assert.Equal(2, await grain.Increment());
    }
}

public interface IPinnedWaitGrain : IGrainWithStringKey
{
    Task Wait();
}

[SiloInKeyPlacement]
public sealed class PinnedWaitGrain : Grain, IPinnedWaitGrain
{
    public static TaskCompletionSource Entered(string key) => TurnGrainBase.Signal("entered " + key);

    public Task Wait()
    {
        Entered(this.GetPrimaryKeyString()).TrySetResult();
        return Task.Delay(Timeout.Infinite);
    }
}
