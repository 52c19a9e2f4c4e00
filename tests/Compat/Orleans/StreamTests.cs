using Orleans.Runtime;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class StreamTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Stream_ReadToItsEnd_GivesEveryItem()
    {
        var key = ClusterFixture.NewKey();
        var items = new List<int>();

        await foreach (var item in fixture.Client.GetGrain<IStreamGrain>(key).Count(500))
            items.Add(item);

        Assert.Equal(Enumerable.Range(0, 500), items);
        Assert.Equal("completed", await StreamGrain.EndOf(key).Task.WaitAsync(Limit));
    }

    [Fact]
    public async Task Stream_LeftEarly_DisposesTheEnumeratorInTheGrain()
    {
        var key = ClusterFixture.NewKey();

        await foreach (var item in fixture.Client.GetGrain<IStreamGrain>(key).Count(int.MaxValue))
        {
            if (item == 3)
                break;
        }

        Assert.NotEqual("completed", await StreamGrain.EndOf(key).Task.WaitAsync(Limit));
    }

    [Fact]
    public async Task Stream_Cancelled_CancelsTheGrainsToken()
    {
        var key = ClusterFixture.NewKey();
        using var cancellation = new CancellationTokenSource();
        var items = fixture.Client.GetGrain<IStreamGrain>(key).Count(0).WithCancellation(cancellation.Token);

        await using var enumerator = items.GetAsyncEnumerator();
        var next = enumerator.MoveNextAsync();
        await TurnGrainBase.Signal(key).Task.WaitAsync(Limit);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal("cancelled", await StreamGrain.EndOf(key).Task.WaitAsync(Limit));
    }

    [Fact]
    public async Task Stream_ActivationGoesBeforeAnItem_GivesTheItemOrFailsButNeverNothing()
    {
        await using var items = fixture.Client.GetGrain<IStreamGrain>(ClusterFixture.NewKey())
            .LastWords(new Order("last", 1, [])).GetAsyncEnumerator();
        try
        {
            Assert.True(await items.MoveNextAsync());
            Assert.Equal("last", items.Current.Name);
        }
        catch (EnumerationAbortedException)
        {
            // As good: the reader knows that it has to ask again.
        }
    }

    [Fact]
    public async Task Stream_ThatFails_GivesItsItemsAndThenTheException()
    {
        var items = new List<int>();

        var exception = await Assert.ThrowsAsync<OrderRejectedException>(async () =>
        {
            await foreach (var item in fixture.Client.GetGrain<IStreamGrain>(ClusterFixture.NewKey()).Fail())
                items.Add(item);
        });

        Assert.Equal([1], items);
        Assert.Equal("no more", exception.Message);
    }

    [Fact]
    public async Task Stream_OfMutableItems_CopiesThem()
    {
        var order = new Order("a", 1, []);
        var items = new List<Order>();

        await foreach (var item in fixture.Client.GetGrain<IStreamGrain>(ClusterFixture.NewKey()).Orders(order))
            items.Add(item);

        Assert.Empty(order.Tags);
        Assert.NotSame(items[0], items[1]);
        Assert.Equal(["changed after it was given"], items[1].Tags);
    }

    [Fact]
    public async Task Grain_WhileItStreams_AnswersOtherCalls()
    {
        var grain = fixture.Client.GetGrain<IStreamGrain>(ClusterFixture.NewKey());

        await foreach (var item in grain.Count(3))
            Assert.Equal(1, await grain.Ping());
    }

    [Fact]
    public async Task Stream_OfAKilledSilo_EndsWithAnError()
    {
        await using var cluster = ClusterFixture.Build(1);
        await cluster.DeployAsync();
        await using var enumerator = cluster.Client.GetGrain<IStreamGrain>(ClusterFixture.NewKey()).Count(int.MaxValue).GetAsyncEnumerator();
        Assert.True(await enumerator.MoveNextAsync());

        await cluster.KillSiloAsync(cluster.Silos[0]);

        var exception = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await enumerator.MoveNextAsync())
            {
            }
        });
        Assert.True(exception is EnumerationAbortedException or OrleansException, exception.ToString());
    }
}
