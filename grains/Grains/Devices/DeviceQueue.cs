using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Devices;

/// <summary>The bounded queue of a device: interactive before batch, fair shares for tenants, and mates for a forward pass.</summary>
internal sealed class DeviceQueue(int capacity, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim arrivals = new(0);
    private readonly SortedDictionary<RunPriority, TenantShares> classes = [];
    private bool closed;

    /// <summary>Gets how many items may wait before new runs are turned away.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Gets how many items wait.</summary>
    public int Depth
    {
        get
        {
            lock (gate)
                return Waiting;
        }
    }

    private int Waiting => classes.Values.Sum(shares => shares.Count);

    /// <summary>Puts an item at the end of its tenant's line.</summary>
    /// <param name="work">The item.</param>
    /// <param name="isAdmitted">Whether it belongs to a run that was let in already: that one may finish even when the queue is full.</param>
    /// <returns>What became of it.</returns>
    public EnqueueOutcome TryAdd(DeviceWork work, bool isAdmitted)
    {
        lock (gate)
        {
            if (closed)
                return EnqueueOutcome.Closed;
            if (!isAdmitted && Waiting >= Capacity)
                return EnqueueOutcome.Full;
            work.Enqueued = time.GetTimestamp();
            if (!classes.TryGetValue(work.Class.Priority, out var shares))
                classes.Add(work.Class.Priority, shares = new TenantShares());
            shares.Add(work);
        }

        arrivals.Release();
        return EnqueueOutcome.Accepted;
    }

    /// <summary>Waits for work and takes what can be done at once.</summary>
    /// <param name="capOf">The largest number of items of a group that share a forward pass, and whether several tenants wait for the device.</param>
    /// <returns>One item, or several of one group; empty when the queue is closed.</returns>
    public IReadOnlyList<DeviceWork> Take(Func<BatchKey, bool, int> capOf)
    {
        while (true)
        {
            arrivals.Wait();
            lock (gate)
            {
                if (closed)
                    return [];
                // A batch takes several items for one arrival; the arrivals of its mates then find nothing, or the next item.
                if (Waiting > 0)
                    return TakeBatch(capOf);
            }
        }
    }

    /// <summary>Takes no more work.</summary>
    /// <returns>The items that still waited.</returns>
    public IReadOnlyList<DeviceWork> Close()
    {
        DeviceWork[] rest;
        lock (gate)
        {
            closed = true;
            rest = [.. classes.Values.SelectMany(shares => shares.Clear())];
        }

        arrivals.Release();
        return rest;
    }

    /// <summary>Frees the queue; nobody waits in <see cref="Take"/> by then.</summary>
    public void Dispose() => arrivals.Dispose();

    private List<DeviceWork> TakeBatch(Func<BatchKey, bool, int> capOf)
    {
        var first = classes.Values.First(shares => shares.Count > 0);
        var isShared = first.TenantCount > 1;
        var batch = new List<DeviceWork> { first.Take() };
        if (batch[0].Group is { } group)
        {
            // Rows that interactive work leaves free are taken by batch work of the same group.
            var cap = capOf(group, isShared);
            foreach (var shares in classes.Values)
                shares.TakeMates(group, cap - batch.Count, batch);
        }

        return batch;
    }
}

/// <summary>What became of an item that was offered to a device.</summary>
internal enum EnqueueOutcome
{
    /// <summary>It waits for its turn.</summary>
    Accepted,

    /// <summary>The queue is full.</summary>
    Full,

    /// <summary>The device is stopping.</summary>
    Closed,
}
