using System.Diagnostics;
using Darkroom.Bench.Cluster.Scheduling;
using Darkroom.Bench.Harness;
using Darkroom.Workbench.Capacity;

namespace Darkroom.Bench.Cluster.Capacity;

/// <summary>Measures what the simulator needs to know of an embedded cluster: passes by their rows, and what a run is beside its steps.</summary>
internal static class CapacityMeasurement
{
    private const int Alone = 10;
    private const int FewestPasses = 5;
    private const int CheckpointEvery = 5;                                      // RunOptions.CheckpointEverySteps

    // Words, encoding and decoding are next to nothing for these models, but each takes a turn of the device, and waits for it.
    private const double Turn = 0.0001;

    /// <summary>Measures a model, first with runs one after the other, then with 2, 3... at once.</summary>
    /// <returns>A plan without streams.</returns>
    public static async Task<CapacityPlan> MeasureAsync(BenchCluster cluster, string model, int steps, int cap, CancellationToken cancellationToken)
    {
        for (ulong seed = 1; seed <= 3; seed++)
            await cluster.RestoreAsync(seed, steps, model: model);
        var (before, after, gaps, checkpoints) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var passes = new List<TracedPass>();
        for (var i = 0; i < Alone; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cluster.Trace.Reset();
            var start = Stopwatch.GetTimestamp();
            await cluster.RestoreAsync((ulong)(10 + i), steps, model: model);
            var end = Stopwatch.GetTimestamp();
            var own = cluster.Trace.Passes;
            before.Add(Stopwatch.GetElapsedTime(start, own[0].Begun).TotalSeconds);
            after.Add(Stopwatch.GetElapsedTime(own[^1].Ended, end).TotalSeconds);
            foreach (var (pass, next) in own.Zip(own.Skip(1)))
                (next.Rows[0].Step % CheckpointEvery == 0 ? checkpoints : gaps).Add(Stopwatch.GetElapsedTime(pass.Ended, next.Begun).TotalSeconds);
            passes.AddRange(own);
        }

        for (var runs = 2; runs <= cap + 1; runs++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cluster.Trace.Reset();
            await Task.WhenAll(Enumerable.Range(100 * runs, runs).Select(seed => cluster.RestoreAsync((ulong)seed, steps, model: model)));
            passes.AddRange(cluster.Trace.Passes);
        }

        var gap = gaps.Average();
        return new CapacityPlan(
            [new PipelinePlan(model, steps, null, before.Average(), after.Average(), CheckpointEvery, new Samples(checkpoints).Median)],
            [new PoolPlan("embedded", 1, [new DeviceTimes(model, TimesOf(passes, gap), cap, cap, PrepareSeconds: Turn, EncodeSeconds: Turn, FinishSeconds: Turn)])],
            [],
            HopSeconds: gap);
    }

    // Means, not medians: what a disturbance takes is taken from the load, too. Larger passes never count as faster.
    private static List<PassTime> TimesOf(List<TracedPass> passes, double gap)
    {
        var times = new List<PassTime>();
        foreach (var same in passes.GroupBy(pass => pass.Rows.Count).Where(same => same.Count() >= FewestPasses).OrderBy(same => same.Key))
            times.Add(new PassTime(same.Key, Math.Max(times.Count == 0 ? 0 : times[^1].Seconds, same.Average(pass => pass.Seconds) + gap)));
        return times;
    }
}
