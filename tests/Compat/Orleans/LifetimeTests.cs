using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public interface IFailingGrain : IGrainWithStringKey
{
    Task Use();
}

public sealed class FailingGrain : Grain, IFailingGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        this.GetPrimaryKeyString().StartsWith("bad", StringComparison.Ordinal)
            ? throw new OrderRejectedException("cannot be activated", 0)
            : Task.CompletedTask;

    public Task Use() => Task.CompletedTask;
}

public interface IWorkerGrain : IGrainWithIntegerKey
{
    Task<Guid> Meet(string signal);
}

[StatelessWorker(2)]
public sealed class WorkerGrain : Grain, IWorkerGrain
{
    private static int s_inside;

    private readonly Guid _id = Guid.NewGuid();

    public async Task<Guid> Meet(string signal)
    {
        if (Interlocked.Increment(ref s_inside) == 2)
            TurnGrainBase.Signal(signal).TrySetResult();
        await TurnGrainBase.Signal(signal).Task;
        return _id;
    }
}

public sealed class LifetimeTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Grain_ThatCannotBeActivated_FailsTheCall()
    {
        var grain = fixture.Client.GetGrain<IFailingGrain>("bad" + ClusterFixture.NewKey());

        await Assert.ThrowsAsync<OrderRejectedException>(() => grain.Use());
        await Assert.ThrowsAsync<OrderRejectedException>(() => grain.Use());
    }

    [Fact]
    public async Task Deactivation_WithCallsWaiting_SendsThemToTheNextActivation()
    {
        var grain = fixture.Client.GetGrain<ICounterGrain>(ClusterFixture.NewKey());
        var first = await grain.Activation();

        var deactivate = grain.Deactivate();
        var calls = Enumerable.Range(0, 10).Select(_ => grain.Increment()).ToArray();
        await deactivate;
        var counts = await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(1, 10), counts.Order());
        Assert.NotEqual(first, await grain.Activation());
    }

    [Fact]
    public async Task StatelessWorker_WithTwoCallsAtOnce_HasTwoActivations()
    {
        await using var cluster = ClusterFixture.Build(1);
        await cluster.DeployAsync();
        var grain = cluster.Client.GetGrain<IWorkerGrain>(0);
        var key = ClusterFixture.NewKey();

        var ids = await Task.WhenAll(grain.Meet(key), grain.Meet(key));

        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task IdleGrain_AfterItsCollectionAge_IsDeactivated()
    {
        await using var cluster = ClusterFixture.Build(1, silo => silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(100);
            options.CollectionAge = TimeSpan.FromMilliseconds(200);
        }));
        await cluster.DeployAsync();
        var key = ClusterFixture.NewKey();
        await cluster.Client.GetGrain<ICounterGrain>(key).Increment();

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!CounterGrain.Deactivations.Contains((key, DeactivationReasonCode.ActivationIdle)))
            await Task.Delay(20, limit.Token);
    }

    [Fact]
    public async Task IncomingFilter_OfTheSilo_SeesAndChangesCalls()
    {
        await using var cluster = ClusterFixture.Build(1, silo => silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            if (context.InterfaceMethod.Name == nameof(IEchoGrain.Add))
                context.Result = (int)context.Result! * 10;
        }));
        await cluster.DeployAsync();

        Assert.Equal(50, await cluster.Client.GetGrain<IEchoGrain>("x").Add(2, 3));
    }

    [Fact]
    public void GetGrain_OfInterfaceWithoutClass_NamesTheInterface()
    {
        var exception = Assert.ThrowsAny<Exception>(() => fixture.Client.GetGrain<INobodyGrain>("x"));

        Assert.Contains(nameof(INobodyGrain), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GrainIds_OfEveryKind_AreWrittenAsInOrleans()
    {
        var guid = Guid.Parse("0123456789abcdef0123456789abcdef");

        Assert.Equal("echo/a/b", fixture.Client.GetGrain<IEchoGrain>("a/b").GetGrainId().ToString());
        Assert.Equal("note/0123456789abcdef0123456789abcdef", fixture.Client.GetGrain<INoteGrain>(guid).GetGrainId().ToString());
        Assert.Equal("worker/FF", fixture.Client.GetGrain<IWorkerGrain>(255).GetGrainId().ToString());
        Assert.Equal(255, fixture.Client.GetGrain<IWorkerGrain>(255).GetPrimaryKeyLong());
        Assert.Equal(guid, fixture.Client.GetGrain<INoteGrain>(guid).GetPrimaryKey());
    }
}

public interface INobodyGrain : IGrainWithStringKey
{
    Task Knock();
}
