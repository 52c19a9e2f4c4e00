using Orleans;
using Orleans.Serialization;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class CopyTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Call_WithMutableArgument_CopiesArgumentAndResult()
    {
        var key = ClusterFixture.NewKey();
        var order = new Order("prints", 3, ["large"]) { At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)) };

        var echoed = await fixture.Client.GetGrain<IEchoGrain>(key).Echo(order);

        Assert.Equal(["large"], order.Tags);
        Assert.Equal(["large", "seen by the grain"], echoed.Tags);
        Assert.Equal((order.Name, order.Count, order.At), (echoed.Name, echoed.Count, echoed.At));
        var seen = Assert.IsType<Order>(EchoGrain.Seen[key]);
        Assert.NotSame(order, seen);
        Assert.NotSame(seen, echoed);
        Assert.NotSame(seen.Tags, echoed.Tags);
    }

    [Fact]
    public async Task Call_WithImmutableArgument_DoesNotCopy()
    {
        await using var cluster = ClusterFixture.Build(1);
        await cluster.DeployAsync();
        var frozen = new Frozen([1, 2, 3]);
        List<int> items = [1];
        EchoGrain.Seen["frozen"] = frozen;
        EchoGrain.Seen["items"] = items;

        // Within one silo: over a wire even the immutable is another object.
        var factory = (IGrainFactory)cluster.GetSiloServiceProvider().GetService(typeof(IGrainFactory))!;
        Assert.True(await factory.GetGrain<IEchoGrain>(ClusterFixture.NewKey()).IsSame(frozen, items));
    }

    [Fact]
    public async Task Call_WithArgumentThatLacksGenerateSerializer_Fails()
    {
        var grain = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());

        var exception = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.Take(new Unmarked("from the client")));

        Assert.Contains(nameof(Unmarked), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithResultThatLacksGenerateSerializer_Fails()
    {
        var grain = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());

        await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.Give());
    }

    [Fact]
    public async Task Call_ThatThrows_GivesTypeMessageAndMembers()
    {
        var grain = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());

        var exception = await Assert.ThrowsAsync<OrderRejectedException>(() => grain.Reject(7));

        Assert.Equal("at most 7", exception.Message);
        Assert.Equal(7, exception.Allowed);
        Assert.Contains(nameof(EchoGrain), exception.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OfValueTaskAndGenericMethods_Works()
    {
        var grain = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());

        Assert.Equal(5, await grain.Add(2, 3));
        Assert.Equal("text", await grain.Generic("text"));
        Assert.Equal((1, "two"), await grain.Generic((1, "two")));
        Assert.Null(await grain.Generic<string?>(null));
    }

    [Fact]
    public async Task GrainReference_AsArgumentAndResult_CanBeCalled()
    {
        var a = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());
        var b = fixture.Client.GetGrain<IEchoGrain>(ClusterFixture.NewKey());

        var answer = await a.KeyOf(b);
        var self = await a.Self();

        Assert.Equal($"{b.GetPrimaryKeyString()} on {await b.Where()}", answer);
        Assert.Equal(a, self);
        Assert.Equal(await a.Where(), await self.Where());
    }
}
