using System.Diagnostics;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>What a denoising step costs beside its forward pass: queue, batch, checks, and every fifth time a checkpoint through grains and blob store.</summary>
internal sealed class DispatchBenchmark : IBenchmark
{
    private const int Steps = 1000;
    private const int CheckpointEvery = 5;
    private const double MaxSeconds = 100e-6;

    public string Name => "dispatch";

    public string Description => "time between two forward passes of a run";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(cancellationToken: cancellationToken);
        await cluster.RestoreAsync(1, Steps, model: SmallDiffusion.EmptyName);
        cluster.Trace.Reset();
        await cluster.RestoreAsync(2, Steps, model: SmallDiffusion.EmptyName);
        var passes = cluster.Trace.Passes;
        var gaps = passes.Zip(passes.Skip(1), (pass, next) => (Step: next.Rows[0].Step, Seconds: Stopwatch.GetElapsedTime(pass.Ended, next.Begun).TotalSeconds)).ToList();
        var all = new Samples([.. gaps.Select(gap => gap.Seconds)]);
        var checkpoints = new Samples([.. gaps.Where(gap => gap.Step % CheckpointEvery == 0).Select(gap => gap.Seconds)]);
        var mean = gaps.Average(gap => gap.Seconds);
        table.Add(
            "dispatch overhead of a denoising step, median", Samples.Format(all.Median), $"<= {Samples.Format(MaxSeconds)}", all.Median <= MaxSeconds,
            $"{all} (min / median / max) of {gaps.Count} steps, latent 4 x 8 x 8; with a checkpoint, each {CheckpointEvery}th time, {Samples.Format(checkpoints.Median)}; mean of all {Samples.Format(mean)}");
    }
}
