using System.Collections.Concurrent;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>Counts the rows of each forward pass, and has runs that begin at the same time meet in one, however slow the machine is.</summary>
internal sealed class PassMeeting(int runs)
{
    private DeviceExecutor? device;

    public ConcurrentQueue<int> Rows { get; } = new();

    /// <summary>From now on a pass waits until the device has other work, until all runs have met.</summary>
    public void Begin(DeviceExecutor executor)
    {
        Rows.Clear();
        device = executor;
    }

    public void Stepping(IReadOnlyList<StepContext> rows)
    {
        Rows.Enqueue(rows.Count);
        if (device is { } busy && !Rows.Contains(runs))
            SpinWait.SpinUntil(() => busy.QueueDepth > 0, TimeSpan.FromSeconds(30));
    }
}
