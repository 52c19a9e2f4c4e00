using Darkroom.Grains;
using Xunit;

namespace Darkroom.Tests.Unit.Grains;

public sealed class StateWriterTests
{
    private readonly Queue<TaskCompletionSource> writes = new();
    private readonly StateWriter writer;
    private int active;

    public StateWriterTests() => writer = new StateWriter(async () =>
    {
        Assert.Equal(1, Interlocked.Increment(ref active));
        var write = new TaskCompletionSource();
        writes.Enqueue(write);
        try
        {
            await write.Task;
        }
        finally
        {
            Interlocked.Decrement(ref active);
        }
    });

    [Fact]
    public async Task Save_DuringAWrite_WaitsForOneWriteThatHoldsAll()
    {
        var first = writer.SaveAsync();
        var second = writer.SaveAsync();
        var third = writer.SaveAsync();
        writes.Dequeue().SetResult();
        await first;
        await TestWait.UntilAsync(() => writes.Count == 1);
        writes.Dequeue().SetResult();
        await Task.WhenAll(second, third);
        Assert.Empty(writes);
    }

    [Fact]
    public async Task Save_AfterAFailedWrite_WritesAgain()
    {
        var first = writer.SaveAsync();
        var second = writer.SaveAsync();
        writes.Dequeue().SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => first);
        await TestWait.UntilAsync(() => writes.Count == 1);
        writes.Dequeue().SetResult();
        await second;
    }
}
