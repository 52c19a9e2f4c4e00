using Darkroom.Silo.Operator;
using Xunit;

namespace Darkroom.Tests.Unit.Silo;

public sealed class WorkQueueTests
{
    private readonly WorkQueue<string> queue = new(TimeProvider.System);

    [Fact]
    public async Task Thing_AddedOftenBeforeItIsTaken_IsTakenOnce()
    {
        queue.Add("a");
        queue.Add("b");
        queue.Add("a");
        Assert.Equal(["a", "b"], [await queue.TakeAsync(default), await queue.TakeAsync(default)]);
        queue.Done("a");
        queue.Done("b");
        Assert.Equal(0, queue.Count);
        await NothingAsync();
    }

    [Fact]
    public async Task Thing_AddedWhileItIsUnderWay_IsTakenAgainAfterwardsAndNotBefore()
    {
        queue.Add("a");
        await queue.TakeAsync(default);
        queue.Add("a");
        await NothingAsync();
        queue.Done("a");
        Assert.Equal("a", await queue.TakeAsync(default));
    }

    [Fact]
    public async Task Thing_ForLater_WaitsUnlessItIsWantedSooner()
    {
        queue.AddAfter("a", TimeSpan.FromHours(1));
        await NothingAsync();
        queue.AddAfter("a", TimeSpan.FromMilliseconds(1));
        Assert.Equal("a", await queue.TakeAsync(default).WaitAsync(TimeSpan.FromSeconds(20)));
        queue.Done("a");
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task Thing_ForLaterThatIsAddedNow_IsTakenOnce()
    {
        queue.AddAfter("a", TimeSpan.FromMilliseconds(1));
        queue.Add("a");
        Assert.Equal("a", await queue.TakeAsync(default));
        queue.Done("a");
        await Task.Delay(20, TestContext.Current.CancellationToken);
        await NothingAsync();
    }

    [Fact]
    public async Task Taker_ThatWaits_IsWokenByAnAdd()
    {
        var taking = queue.TakeAsync(default);
        queue.Add("a");
        Assert.Equal("a", await taking.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Things_TenThousand_CostAFewHundredBytesEach()
    {
        const int count = 10_000;
        var names = Enumerable.Range(0, count).Select(i => $"job-{i}").ToList();
        queue.Add("first");                                                     // what a first use costs is not meant
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var name in names)
            queue.AddAfter(name, TimeSpan.FromHours(1));
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;

        Assert.Equal(count + 1, queue.Count);
        Assert.InRange(each, 1, 600);
    }

    private async Task NothingAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.TakeAsync(soon.Token));
    }
}
