using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public interface INewsObserver : IGrainObserver
{
    void Heard(Order order);

    Task<string> Ask(string question);
}

public interface INewsGrain : IGrainWithStringKey
{
    Task Subscribe(INewsObserver observer);

    Task Publish(Order order);

    Task<string> Ask(string question);
}

public sealed class NewsGrain : Grain, INewsGrain
{
    private INewsObserver? _observer;

    public Task Subscribe(INewsObserver observer)
    {
        _observer = observer;
        return Task.CompletedTask;
    }

    public Task Publish(Order order)
    {
        _observer!.Heard(order);
        return Task.CompletedTask;
    }

    public Task<string> Ask(string question) => _observer!.Ask(question);
}

public sealed class ObserverTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Observer_OfAClient_IsCalledInOrder()
    {
        var observer = new Observer();
        var reference = fixture.Client.CreateObjectReference<INewsObserver>(observer);
        var grain = fixture.Client.GetGrain<INewsGrain>(ClusterFixture.NewKey());
        await grain.Subscribe(reference);

        for (var i = 0; i < 20; i++)
            await grain.Publish(new Order("news", i, []));

        Assert.Equal("yes, to why?", await grain.Ask("why?"));
        Assert.Equal(Enumerable.Range(0, 20), observer.Heard.Select(o => o.Count));
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task Observer_Deleted_CannotBeAsked()
    {
        var observer = new Observer();
        var reference = fixture.Client.CreateObjectReference<INewsObserver>(observer);
        var grain = fixture.Client.GetGrain<INewsGrain>(ClusterFixture.NewKey());
        await grain.Subscribe(reference);

        fixture.Client.DeleteObjectReference<INewsObserver>(reference);

        // The official client drops the call, and its time limit is what the caller sees.
        var error = await Assert.ThrowsAnyAsync<Exception>(() => grain.Ask("still there?"));
        Assert.True(error is OrleansException or TimeoutException, error.ToString());
        GC.KeepAlive(observer);
    }

    private sealed class Observer : INewsObserver
    {
        public ConcurrentQueue<Order> Heard { get; } = new();

        void INewsObserver.Heard(Order order) => Heard.Enqueue(order);

        public Task<string> Ask(string question) => Task.FromResult($"yes, to {question}");
    }
}
