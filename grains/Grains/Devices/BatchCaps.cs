using System.Collections.Concurrent;
using System.Globalization;
using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Devices;

/// <summary>How many rows a forward pass may have: as many as were measured to pay, less for those whose memory ran out.</summary>
/// <remarks>Used by the device's thread; only <see cref="Adopt"/> comes from others.</remarks>
internal sealed class BatchCaps(int maximum)
{
    /// <summary>After so many full passes one more row is tried again: what took the memory may be gone.</summary>
    public const int PassesBeforeGrowth = 100;

    private readonly ConcurrentDictionary<LoadedModel, BatchProfile> profiles = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<BatchKey, Cap> caps = [];

    /// <summary>Takes what was measured of a model.</summary>
    public void Adopt(LoadedModel model, BatchProfile profile) => profiles[model] = profile;

    /// <summary>Forgets a model that leaves the device.</summary>
    public void Forget(LoadedModel model)
    {
        profiles.TryRemove(model, out _);
        foreach (var group in caps.Keys.Where(group => ReferenceEquals(group.Model, model)).ToList())
            caps.Remove(group);
    }

    /// <summary>Gets the cap of a group.</summary>
    public int Of(BatchKey group) => caps.TryGetValue(group, out var cap) ? cap.Rows : Measured(group, isShared: false);

    /// <summary>Gets the cap of a group while several tenants wait for the device, or while one has it alone.</summary>
    public int Of(BatchKey group, bool isShared) => isShared ? Math.Min(Of(group), Measured(group, isShared: true)) : Of(group);

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
        else if (cap.Rows + 1 < Measured(group, isShared: false))
            caps[group] = new Cap(cap.Rows + 1, 0);
        else
            caps.Remove(group);
    }

    // Time and memory of a pass go by its cells: a latent of half the cells may have twice the rows.
    private int Measured(BatchKey group, bool isShared)
    {
        if (!profiles.TryGetValue(group.Model, out var profile))
            return maximum;
        long measured = isShared ? profile.SharedRows : profile.Rows;
        var rows = group.Shape == profile.Shape ? measured : measured * Cells(profile.Shape) / Cells(group.Shape);
        return (int)Math.Clamp(rows, 1, maximum);
    }

    private static long Cells(string shape) =>
        Math.Max(1, shape.Split('x').Aggregate(1L, (cells, side) => cells * long.Parse(side, CultureInfo.InvariantCulture)));

    private readonly record struct Cap(int Rows, int FullPasses);
}
