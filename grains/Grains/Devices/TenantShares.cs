namespace Darkroom.Grains.Devices;

/// <summary>The waiting work of one priority, shared among tenants by deficit round-robin (Shreedhar and Varghese 1995).</summary>
/// <remarks>
/// Tenants stand in a ring. Whose turn comes is given a quantum, the cost of the dearest work that waits, and is served as long
/// as it lasts. Work that rides along in somebody else's forward pass is charged too, so a tenant may owe up to a batch; it keeps
/// that debt when it leaves, and loses what it has saved. Not thread-safe.
/// </remarks>
internal sealed class TenantShares
{
    private const int RememberedDebts = 256;

    private readonly LinkedList<Line> ring = [];
    private readonly Dictionary<string, LinkedListNode<Line>> lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> debts = new(StringComparer.Ordinal);

    /// <summary>Gets how many items wait.</summary>
    public int Count { get; private set; }

    /// <summary>Gets how many tenants wait.</summary>
    public int TenantCount => ring.Count;

    /// <summary>Gets what waits, tenant by tenant.</summary>
    public IEnumerable<DeviceWork> Waiting => ring.SelectMany(line => line.Work);

    /// <summary>Puts an item at the end of its tenant's line; a tenant that had none comes last in the ring.</summary>
    public void Add(DeviceWork work)
    {
        var tenant = work.Class.Tenant;
        if (!lines.TryGetValue(tenant, out var node))
        {
            debts.Remove(tenant, out var deficit);
            lines.Add(tenant, node = ring.AddLast(new Line(tenant) { Deficit = deficit }));
        }

        node.Value.Work.Add(work);
        Count++;
    }

    /// <summary>Takes the oldest item of the tenant whose turn it is; there is one.</summary>
    public DeviceWork Take()
    {
        var quantum = Waiting.Max(work => work.Cost ?? 1);
        SkipIdleRounds(quantum);
        while (true)
        {
            var node = ring.First!;
            var line = node.Value;
            if (!line.HasTurn)
            {
                line.Deficit += quantum;
                line.HasTurn = true;
            }

            var work = line.Work[0];
            var cost = work.Cost ?? quantum;
            var isServed = line.Deficit >= cost;
            if (isServed)
                Remove(node, work, cost);
            if (line.Work.Count > 0 && line.Deficit < (line.Work[0].Cost ?? quantum))
                EndTurn(node);
            if (isServed)
                return work;
        }
    }

    /// <summary>Takes items that can ride along in a forward pass, each time the oldest of the tenant that was served least.</summary>
    /// <param name="group">What they must have in common with the pass.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="batch">Where they are added.</param>
    public void TakeMates(BatchKey group, int count, List<DeviceWork> batch)
    {
        for (; count > 0; count--)
        {
            LinkedListNode<Line>? best = null;
            DeviceWork? mate = null;
            for (var node = ring.First; node is not null; node = node.Next)
            {
                if ((best is null || node.Value.Deficit > best.Value.Deficit) && node.Value.Work.Find(work => work.Group == group) is { } found)
                    (best, mate) = (node, found);
            }

            if (mate is null)
                return;
            Remove(best!, mate, mate.Cost ?? 0);
            batch.Add(mate);
        }
    }

    /// <summary>Takes everything.</summary>
    public IReadOnlyList<DeviceWork> Clear()
    {
        DeviceWork[] rest = [.. Waiting];
        ring.Clear();
        lines.Clear();
        Count = 0;
        return rest;
    }

    // Rounds in which everybody only saves, because all are in debt, are gone through at once.
    private void SkipIdleRounds(long quantum)
    {
        var rounds = ring.Min(line => ((line.Work[0].Cost ?? quantum) - line.Deficit + quantum - 1) / quantum);
        if (rounds <= 1)
            return;
        foreach (var line in ring)
            line.Deficit += (rounds - 1) * quantum;
    }

    private void EndTurn(LinkedListNode<Line> node)
    {
        node.Value.HasTurn = false;
        ring.Remove(node);
        ring.AddLast(node);
    }

    private void Remove(LinkedListNode<Line> node, DeviceWork work, long cost)
    {
        var line = node.Value;
        line.Work.Remove(work);
        line.Deficit -= cost;
        Count--;
        if (line.Work.Count > 0)
            return;
        ring.Remove(node);
        lines.Remove(line.Tenant);
        if (line.Deficit >= 0)
            return;
        if (debts.Count == RememberedDebts)
            debts.Clear();
        debts[line.Tenant] = line.Deficit;
    }

    private sealed class Line(string tenant)
    {
        public string Tenant { get; } = tenant;

        public List<DeviceWork> Work { get; } = [];

        public long Deficit { get; set; }

        public bool HasTurn { get; set; }
    }
}
