using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class DeviceQueueTests : IDisposable
{
    private const int Capacity = 4;

    private readonly DeviceQueue queue = new(Capacity, new ManualTime());

    public void Dispose() => queue.Dispose();

    [Fact]
    public void Take_TwoTenants_TakesThemInTurn()
    {
        foreach (var name in new[] { "a1", "a2", "a3", "b1" })
            Add(name);
        Assert.Equal(["a1", "b1", "a2", "a3"], TakeAll());
    }

    [Fact]
    public void Take_BatchWork_WaitsForAllInteractiveWork()
    {
        Add("a1", RunPriority.Batch);
        Add("a2");
        Add("b1");
        Assert.Equal(["a2", "b1", "a1"], TakeAll());
    }

    [Fact]
    public void TryAdd_FullQueue_TurnsNewRunsAwayAndLetsOthersFinish()
    {
        for (var i = 0; i < Capacity; i++)
            Assert.Equal(EnqueueOutcome.Accepted, Add("a"));
        Assert.Equal(EnqueueOutcome.Full, Add("a"));
        Assert.Equal(EnqueueOutcome.Accepted, queue.TryAdd(Work("a", RunPriority.Interactive), isAdmitted: true));
        Assert.Equal(Capacity + 1, queue.Depth);
    }

    [Fact]
    public void Close_WithWorkWaiting_GivesItBackAndTakesNoMore()
    {
        Add("a");
        Assert.Single(queue.Close());
        Assert.Equal(EnqueueOutcome.Closed, Add("a"));
        Assert.Empty(queue.Take(8));
    }

    private static NamedWork Work(string name, RunPriority priority) => new(name, priority);

    private EnqueueOutcome Add(string name, RunPriority priority = RunPriority.Interactive) => queue.TryAdd(Work(name, priority), isAdmitted: false);

    private List<string> TakeAll()
    {
        var names = new List<string>();
        while (queue.Depth > 0)
            names.AddRange(queue.Take(8).Select(work => ((NamedWork)work).Name));
        return names;
    }

    // The tenant is the first letter.
    private sealed class NamedWork(string name, RunPriority priority) : DeviceWork(new WorkClass(priority, name[..1]), CancellationToken.None)
    {
        public string Name { get; } = name;

        public override void Execute()
        {
        }

        public override void Cancel()
        {
        }
    }
}
