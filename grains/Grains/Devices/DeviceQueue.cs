namespace Darkroom.Grains.Devices;

/// <summary>The bounded queue of a device: interactive before batch, tenants in turn, and mates for a forward pass.</summary>
internal sealed class DeviceQueue(int capacity, TimeProvider time) : IDisposable
{
    private const int RememberedTenants = 256;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim arrivals = new(0);
    private readonly List<DeviceWork> waiting = [];
    private readonly Dictionary<string, long> lastServed = new(StringComparer.Ordinal);
    private long served;
    private bool closed;

    /// <summary>Gets how many items may wait before new runs are turned away.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Gets how many items wait.</summary>
    public int Depth
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>Puts an item at the end.</summary>
    /// <param name="work">The item.</param>
    /// <param name="isAdmitted">Whether it belongs to a run that was let in already: that one may finish even when the queue is full.</param>
    /// <returns>What became of it.</returns>
    public EnqueueOutcome TryAdd(DeviceWork work, bool isAdmitted)
    {
        lock (gate)
        {
            if (closed)
                return EnqueueOutcome.Closed;
            if (!isAdmitted && waiting.Count >= Capacity)
                return EnqueueOutcome.Full;
            work.Enqueued = time.GetTimestamp();
            waiting.Add(work);
        }

        arrivals.Release();
        return EnqueueOutcome.Accepted;
    }

    /// <summary>Waits for work and takes what can be done at once.</summary>
    /// <param name="maxBatch">The largest number of items that share a forward pass.</param>
    /// <returns>One item, or several of one group; empty when the queue is closed.</returns>
    public IReadOnlyList<DeviceWork> Take(int maxBatch)
    {
        while (true)
        {
            arrivals.Wait();
            lock (gate)
            {
                if (closed)
                    return [];
                // A batch takes several items for one arrival; the arrivals of its mates then find nothing, or the next item.
                if (waiting.Count > 0)
                    return TakeBatch(maxBatch);
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
            rest = [.. waiting];
            waiting.Clear();
        }

        arrivals.Release();
        return rest;
    }

    /// <summary>Frees the queue; nobody waits in <see cref="Take"/> by then.</summary>
    public void Dispose() => arrivals.Dispose();

    private List<DeviceWork> TakeBatch(int maxBatch)
    {
        // MinBy takes the first of equals, and the list is in order of arrival: the oldest item of the tenant whose turn it is.
        var first = waiting.MinBy(work => (work.Class.Priority, lastServed.GetValueOrDefault(work.Class.Tenant)))!;
        var batch = new List<DeviceWork> { first };
        if (first.Group is { } group)
            batch.AddRange(waiting.Where(work => work != first && work.Group == group).OrderBy(work => work.Class.Priority).Take(maxBatch - 1));
        foreach (var work in batch)
            waiting.Remove(work);
        lastServed[first.Class.Tenant] = ++served;
        if (lastServed.Count > RememberedTenants)
            lastServed.Remove(lastServed.MinBy(pair => pair.Value).Key);
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
