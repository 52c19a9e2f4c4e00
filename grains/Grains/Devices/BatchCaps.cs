namespace Darkroom.Grains.Devices;

/// <summary>How many rows a forward pass may have: less for those whose memory ran out. Used by the device's thread alone.</summary>
internal sealed class BatchCaps(int maximum)
{
    /// <summary>After so many full passes one more row is tried again: what took the memory may be gone.</summary>
    public const int PassesBeforeGrowth = 100;

    private readonly Dictionary<BatchKey, Cap> caps = [];

    /// <summary>Gets the cap of a group.</summary>
    public int Of(BatchKey group) => caps.TryGetValue(group, out var cap) ? cap.Rows : maximum;

    /// <summary>Notes that a pass did not fit into memory.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="rows">Its rows.</param>
    /// <returns>The new cap: half of the rows, at least 1.</returns>
    public int Halve(BatchKey group, int rows)
    {
        var half = Math.Max(1, Math.Min(rows, Of(group)) / 2);
        caps[group] = new Cap(half, 0);
        return half;
    }

    /// <summary>Notes that a pass did fit.</summary>
    public void Fitted(BatchKey group, int rows)
    {
        if (!caps.TryGetValue(group, out var cap) || rows < cap.Rows)
            return;
        if (cap.FullPasses + 1 < PassesBeforeGrowth)
            caps[group] = cap with { FullPasses = cap.FullPasses + 1 };
        else if (cap.Rows + 1 < maximum)
            caps[group] = new Cap(cap.Rows + 1, 0);
        else
            caps.Remove(group);
    }

    private readonly record struct Cap(int Rows, int FullPasses);
}
