using Orleans.Storage;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public sealed class StorageTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task PersistentState_AfterDeactivation_IsReadAgain()
    {
        var grain = fixture.Client.GetGrain<ICounterGrain>(ClusterFixture.NewKey());
        await grain.Increment();
        await grain.Increment();
        var first = await grain.Activation();

        await grain.Deactivate();

        Assert.Equal(2, await grain.Value());
        Assert.NotEqual(first, await grain.Activation());
    }

    [Fact]
    public async Task PersistentState_ClearedInAStorageThatLeavesTheObject_KeepsIt()
    {
        var grain = fixture.Client.GetGrain<ICounterGrain>(ClusterFixture.NewKey());
        await grain.Increment();

        await grain.Clear();

        Assert.Equal(1, await grain.Value());
        Assert.Equal(2, await grain.Increment());
    }

    [Fact]
    public async Task WriteState_AfterAnotherWriter_FailsAndDiscardsTheActivation()
    {
        var grain = fixture.Client.GetGrain<ICounterGrain>(ClusterFixture.NewKey());
        await grain.Increment();
        var first = await grain.Activation();
        await grain.SpoilETag();

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Increment());

        // The next activation reads what is stored.
        Assert.Equal(2, await grain.Increment());
        Assert.NotEqual(first, await grain.Activation());
    }

    [Fact]
    public async Task GrainOfState_InMemoryStorage_KeepsItsState()
    {
        var key = Guid.NewGuid();
        var grain = fixture.Client.GetGrain<INoteGrain>(key);
        Assert.Empty(await grain.Read());

        await grain.Write("one");
        await grain.Write("two");

        Assert.Equal(["one", "two"], await fixture.Client.GetGrain<INoteGrain>(key).Read());
    }
}
