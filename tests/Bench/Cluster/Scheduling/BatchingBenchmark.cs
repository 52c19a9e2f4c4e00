using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>Eight runs at once against the same eight one after another, and how long a run that arrives later waits.</summary>
internal sealed class BatchingBenchmark : IBenchmark
{
    private const int Runs = 8;
    private const int Steps = 50;
    private const int Repetitions = 3;
    private const double MinRatio = 1.5;
    private const ulong Newcomer = 1000;

    public string Name => "batching";

    public string Description => "throughput of eight concurrent runs of a small diffusion model, and the wait of a new one";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(cancellationToken: cancellationToken);
        await cluster.RestoreAsync(99, Steps);
        var (alone, together) = (new List<double>(), new List<double>());
        var batch = 0.0;
        for (var i = 0; i < Repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (ulong seed = 1; seed <= Runs; seed++)
                await cluster.RestoreAsync(seed, Steps);
            alone.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            cluster.Trace.Reset();
            start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(1, Runs).Select(seed => cluster.RestoreAsync((ulong)seed, Steps)));
            together.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            batch = cluster.Trace.Passes.Average(pass => pass.Rows.Count);
        }

        var ratio = new Samples(alone).Median / new Samples(together).Median;
        table.Add(
            "throughput of 8 concurrent runs over 8 in sequence", Ratio(ratio), $">= {Ratio(MinRatio)}", ratio >= MinRatio,
            string.Create(CultureInfo.InvariantCulture, $"{Steps} guided steps each; in sequence {Samples.Format(new Samples(alone).Median)}, at once {Samples.Format(new Samples(together).Median)}, {batch:F1} rows a pass; medians of {Repetitions}, in turn"));
        await ArrivalAsync(table, cluster);
    }

    private static async Task ArrivalAsync(BenchmarkTable table, BenchCluster cluster)
    {
        const int LongSteps = 400;
        cluster.Trace.Reset();
        var crowd = Enumerable.Range(1, Runs - 1).Select(seed => cluster.RestoreAsync((ulong)seed, LongSteps)).ToList();
        while (!cluster.Trace.Passes.Any(pass => pass.Rows.Count == Runs - 1))
            await Task.Delay(1);
        var newcomer = cluster.RestoreAsync(Newcomer, Steps);
        await newcomer;
        await Task.WhenAll(crowd);
        var passes = cluster.Trace.Passes;
        var wait = cluster.Trace.WaitOf(Newcomer);
        var longest = passes.Max(pass => pass.Seconds);
        var first = passes.First(pass => pass.Rows.Any(row => row.Seed == Newcomer));
        // Without continuous batching it would wait until a whole run has ended.
        var wholeRun = Stopwatch.GetElapsedTime(first.Begun, passes.First(pass => pass.Begun >= first.Begun && pass.Rows.Any(row => row.Step == LongSteps - 1)).Ended).TotalSeconds;
        table.Add(
            "wait of a new run for its first step", Samples.Format(wait), $"<= {Samples.Format(longest)}", wait <= longest,
            $"beside {Runs - 1} runs; aimed at is the longest pass; waiting for the first of them to end would take {Samples.Format(wholeRun)}, {Ratio(wholeRun / wait)} of it");
    }

    private static string Ratio(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:F2} x");
}
