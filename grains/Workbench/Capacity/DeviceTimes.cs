using Darkroom.Grains.Devices;

namespace Darkroom.Workbench.Capacity;

/// <summary>How fast a device is with a pipeline.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Passes">How long a step takes with so many rows, as measured; between them it is taken to be straight.</param>
/// <param name="Cap">The most rows of a pass; null for the silo's own choice by these times.</param>
/// <param name="SharedCap">The most rows while several tenants wait; null for the silo's own choice.</param>
/// <param name="PrepareSeconds">Time of the device that each run takes alone before its first tile: describer, words. However short, it waits for its turn; 0 takes none.</param>
/// <param name="EncodeSeconds">The same for each tile before its steps.</param>
/// <param name="FinishSeconds">The same for each tile after its steps.</param>
/// <param name="LoadSeconds">How long the model takes to load.</param>
/// <param name="Variation">Standard deviation of a pass over its mean; 0 for times that are always the same, 1 for exponential ones.</param>
public sealed record DeviceTimes(
    string Pipeline,
    IReadOnlyList<PassTime> Passes,
    int? Cap = null,
    int? SharedCap = null,
    double PrepareSeconds = 0,
    double EncodeSeconds = 0,
    double FinishSeconds = 0,
    double LoadSeconds = 0,
    double Variation = 0)
{
    private BatchProfile Profile => new(string.Empty, string.Empty, [.. Passes.Select(pass => new MeasuredPass(pass.Rows, pass.Seconds))]);

    /// <summary>Gets the most rows of a pass.</summary>
    public int Rows(bool isShared) => isShared ? Math.Min(SharedCap ?? Cap ?? Profile.SharedRows, Rows(false)) : Cap ?? Profile.Rows;

    /// <summary>Tells how long a pass takes (s).</summary>
    public double SecondsOf(int rows)
    {
        var upper = 0;
        while (upper < Passes.Count - 1 && Passes[upper].Rows < rows)
            upper++;
        if (Passes.Count == 1)
            return Passes[0].Seconds * rows / Passes[0].Rows;
        var (low, high) = (Passes[Math.Max(0, upper - 1)], Passes[Math.Max(1, upper)]);
        return low.Seconds + ((high.Seconds - low.Seconds) * (rows - low.Rows) / (high.Rows - low.Rows));
    }

    /// <summary>Checks the values.</summary>
    public void Validate(string pool)
    {
        var name = $"{pool}.{Pipeline}";
        if (Passes.Count == 0 || Passes[0].Rows != 1)
            throw new ArgumentException($"'{name}.passes' has {Passes.Count} entries; there is at least one, and the first is of 1 row.");
        foreach (var (pass, next) in Passes.Zip(Passes.Skip(1)))
        {
            if (next.Rows <= pass.Rows || next.Seconds < pass.Seconds)
                throw new ArgumentException($"'{name}.passes': {next.Rows} rows in {next.Seconds} s come behind {pass.Rows} rows in {pass.Seconds} s; rows rise, and times do not fall.");
        }

        CapacityPlan.Require(Passes[0].Seconds > 0, $"{name}.passes.seconds", Passes[0].Seconds, "more than 0");
        CapacityPlan.Require(double.IsFinite(Passes[^1].Seconds), $"{name}.passes.seconds", Passes[^1].Seconds, "numbers");
        CapacityPlan.Require(Cap is null or (>= 1 and <= 1024), $"{name}.cap", Cap ?? 1, "1 to 1024");
        CapacityPlan.Require(SharedCap is null or (>= 1 and <= 1024), $"{name}.sharedCap", SharedCap ?? 1, "1 to 1024");
        foreach (var (what, value) in new[] { ("prepareSeconds", PrepareSeconds), ("encodeSeconds", EncodeSeconds), ("finishSeconds", FinishSeconds), ("loadSeconds", LoadSeconds) })
            CapacityPlan.Require(value >= 0, $"{name}.{what}", value, "0 and more");
        CapacityPlan.Require(Variation is >= 0 and <= 10, $"{name}.variation", Variation, "0 to 10");
    }
}

/// <summary>How long a pass takes.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Seconds">Its time.</param>
public sealed record PassTime(int Rows, double Seconds);
