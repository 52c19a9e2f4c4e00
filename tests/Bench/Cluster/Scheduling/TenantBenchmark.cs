using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>A tenant with one run beside a tenant with a hundred.</summary>
internal sealed class TenantBenchmark : IBenchmark
{
    private const int Crowd = 100;
    private const int Steps = 50;
    private const double MaxRatio = 2.5;

    public string Name => "tenants";

    public string Description => "one run beside another tenant's hundred";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(cancellationToken: cancellationToken);
        await cluster.RestoreAsync(1, Steps, "loner");
        var alone = await Measure.AloneAsync(1, 5, () => cluster.RestoreAsync(2, Steps, "loner"));
        cluster.Trace.Reset();
        var crowd = Enumerable.Range(10, Crowd).Select(seed => cluster.RestoreAsync((ulong)seed, Steps, "crowd")).ToList();
        while (cluster.Trace.Passes.SelectMany(pass => pass.Rows).Select(row => row.Seed).Distinct().Count() < Crowd)
            await Task.Delay(1, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        await cluster.RestoreAsync(3, Steps, "loner");
        var beside = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var left = crowd.Count(run => !run.IsCompleted);
        await Task.WhenAll(crowd);
        var ratio = beside / alone.Median;
        table.Add(
            "one run beside another tenant's hundred, over alone", string.Create(CultureInfo.InvariantCulture, $"{ratio:F2} x"), "<= 2.50 x", ratio <= MaxRatio,
            $"{Steps} steps; alone {Samples.Format(alone.Median)}, beside {Samples.Format(beside)}; {left} of the hundred were still under way when it ended");
    }
}
