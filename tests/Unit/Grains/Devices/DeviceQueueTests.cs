using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using TorchSharp;
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
    public void Take_ManyOfOneTenantAndOneThatComesBack_ServesEverySecondTime()
    {
        using var wide = new DeviceQueue(1000, new ManualTime());
        for (var i = 0; i < 100; i++)
            wide.TryAdd(Work("a", RunPriority.Interactive), isAdmitted: false);
        var order = string.Empty;
        for (var i = 0; i < 20; i++)
        {
            // Like a run: its next step comes when the one before is done.
            if (!order.EndsWith('a') || i == 0)
                wide.TryAdd(Work("b", RunPriority.Interactive), isAdmitted: true);
            order += ((NamedWork)wide.Take((_, _) => 8).Single()).Name;
        }

        Assert.Equal("abababababababababab", order);
    }

    [Fact]
    public void Take_DearWorkAndCheapWork_CountsCostNotItems()
    {
        for (var i = 0; i < 12; i++)
            queue.TryAdd(Work("cheap", RunPriority.Interactive, cost: 1), isAdmitted: true);
        for (var i = 0; i < 3; i++)
            queue.TryAdd(Work("dear", RunPriority.Interactive, cost: 4), isAdmitted: true);

        Assert.Equal(
            ["cheap", "cheap", "cheap", "cheap", "dear", "cheap", "cheap", "cheap", "cheap", "dear", "cheap", "cheap", "cheap", "cheap", "dear"],
            TakeAll());
    }

    [Fact]
    public void Take_SharedForwardPass_SplitsItsRowsAmongTenantsAndChargesThem()
    {
        var model = new LoadedModel(new StubPipeline(), null, 0);
        var group = new BatchKey(model, "1x1", torch.ScalarType.Float32);
        for (var i = 0; i < 20; i++)
            queue.TryAdd(Work("a", RunPriority.Interactive, cost: 1, group), isAdmitted: true);
        for (var i = 0; i < 4; i++)
            queue.TryAdd(Work("b", RunPriority.Interactive, cost: 1, group), isAdmitted: true);
        for (var i = 0; i < 6; i++)
            queue.TryAdd(Work("c", RunPriority.Interactive, cost: 1), isAdmitted: true);

        Assert.Equal("abab", Names(queue.Take((_, _) => 4)));
        // c has another model, so it rode along nowhere: it catches up before the next shared pass.
        Assert.Equal("c", Names(queue.Take((_, _) => 4)));
        Assert.Equal("c", Names(queue.Take((_, _) => 4)));
        Assert.Equal("abab", Names(queue.Take((_, _) => 4)));
    }

    [Fact]
    public void Take_SharedForwardPass_BatchWorkTakesOnlyTheRowsLeft()
    {
        var group = new BatchKey(new LoadedModel(new StubPipeline(), null, 0), "1x1", torch.ScalarType.Float32);
        for (var i = 0; i < 5; i++)
            queue.TryAdd(Work("j", RunPriority.Batch, cost: 1, group), isAdmitted: true);
        for (var i = 0; i < 5; i++)
            queue.TryAdd(Work("i", RunPriority.Interactive, cost: 1, group), isAdmitted: true);

        Assert.Equal("iiii", Names(queue.Take((_, _) => 4)));
        Assert.Equal("ijjj", Names(queue.Take((_, _) => 4)));
    }

    [Fact]
    public void Take_SharedForwardPass_SaysWhetherSeveralTenantsWait()
    {
        var group = new BatchKey(new LoadedModel(new StubPipeline(), null, 0), "1x1", torch.ScalarType.Float32);
        foreach (var name in "aaaab")
            queue.TryAdd(Work(name.ToString(), RunPriority.Interactive, cost: 1, group), isAdmitted: true);

        Assert.Equal("ab", Names(queue.Take((_, isShared) => isShared ? 2 : 8)));
        Assert.Equal("aaa", Names(queue.Take((_, isShared) => isShared ? 2 : 8)));
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
        Assert.Empty(queue.Take((_, _) => 8));
    }

    private static NamedWork Work(string name, RunPriority priority, long? cost = null, BatchKey? group = null) => new(name, priority, cost, group);

    private static string Names(IEnumerable<DeviceWork> batch) => string.Concat(batch.Select(work => ((NamedWork)work).Name));

    private EnqueueOutcome Add(string name, RunPriority priority = RunPriority.Interactive) => queue.TryAdd(Work(name, priority), isAdmitted: false);

    private List<string> TakeAll()
    {
        var names = new List<string>();
        while (queue.Depth > 0)
            names.AddRange(queue.Take((_, _) => 8).Select(work => ((NamedWork)work).Name));
        return names;
    }

    // The tenant is the first letter.
    private sealed class NamedWork(string name, RunPriority priority, long? cost, BatchKey? group)
        : DeviceWork(new WorkClass(priority, name[..1]), CancellationToken.None)
    {
        public string Name { get; } = name;

        public override long? Cost => cost;

        public override BatchKey? Group => group;

        public override void Cancel()
        {
        }
    }
}
