using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>A tenant with one run beside a tenant with a hundred.</summary>
internal sealed class TenantBenchmark : IBenchmark
{
    private const int Crowd = 100;
    private const int Steps = 50;
    private const int Repetitions = 5;
    private const double MaxRatio = 2.5;

    public string Name => "tenants";

    public string Description => "one run beside another tenant's hundred";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(cancellationToken: cancellationToken);
        await cluster.RestoreAsync(1, Steps, "loner");
        var alone = await Measure.AloneAsync(1, Repetitions, () => cluster.RestoreAsync(2, Steps, "loner"));
        cluster.Trace.Reset();
        var crowd = Enumerable.Range(10, Crowd).Select(seed => cluster.RestoreAsync((ulong)seed, Steps, "crowd")).ToList();
        while (cluster.Trace.Passes.SelectMany(pass => pass.Rows).Select(row => row.Seed).Distinct().Count() < Crowd)
            await Task.Delay(1, cancellationToken);
        var beside = await Measure.AloneAsync(0, Repetitions, () => cluster.RestoreAsync(3, Steps, "loner"));
        var left = crowd.Count(run => !run.IsCompleted);
        await Task.WhenAll(crowd);
        var ratio = beside.Median / alone.Median;
        table.Add(
            "one run beside another tenant's hundred, over alone", string.Create(CultureInfo.InvariantCulture, $"{ratio:F2} x"), "<= 2.50 x", ratio <= MaxRatio,
            $"{Steps} steps; alone {alone}, beside {beside} (min / median / max of {Repetitions}, one after another); {left} of the hundred were still under way at the end");
    }
}
