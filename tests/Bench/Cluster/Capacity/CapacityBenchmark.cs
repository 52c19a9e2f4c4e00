using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Cluster.Scheduling;
using Darkroom.Bench.Harness;
using Darkroom.Workbench.Capacity;

namespace Darkroom.Bench.Cluster.Capacity;

/// <summary>The simulator against a real embedded cluster: fed with times measured there, given the same arrivals, asked for the same figures.</summary>
internal sealed class CapacityBenchmark : IBenchmark
{
    private const int Steps = 30;
    private const int Cap = 8;
    private const double Seconds = 40;
    private const double WarmUp = 4;
    private const double Load = 0.6;                                            // of what full passes could do
    private const double MaxDifference = 0.15;
    private const ulong FirstSeed = 100_000;
    private const double LongestStall = 0.25;                                   // s; a run that stood still for longer says nothing
    private const int Attempts = 4;

    public string Name => "capacity";

    public string Description => "waits and throughput of an embedded cluster under a load, simulated and measured";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        foreach (var model in (string[])[SmallDiffusion.PacedName, SmallDiffusion.ModelName])
        {
            var attempt = 1;
            while (!await TryCompareAsync(table, model, attempt, cancellationToken))
            {
                if (attempt++ == Attempts)
                {
                    table.Add($"capacity, {model}", "not measured", "within 15 %", null, $"the process stood still for more than {Samples.Format(LongestStall)} in each of {Attempts} attempts");
                    break;
                }
            }
        }
    }

    // False where the machine was in the way.
    private static async Task<bool> TryCompareAsync(BenchmarkTable table, string model, int attempt, CancellationToken cancellationToken)
    {
        using var stalls = new StallMeter();
        await using var cluster = await BenchCluster.StartAsync(
            new Dictionary<string, string> { ["Device:MaxBatchSize"] = Cap.ToString(CultureInfo.InvariantCulture), ["Device:ProfileTime"] = "00:00:00" }, cancellationToken);
        var measured = await CapacityMeasurement.MeasureAsync(cluster, model, Steps, Cap, cancellationToken);
        var times = measured.Pools[0].Pipelines[0];
        var arrivals = Draw(Load * Cap / (Steps * times.SecondsOf(Cap)));
        var plan = measured with { Streams = [new StreamPlan("load", model, Arrivals: arrivals)], DurationSeconds = Seconds, WarmUpSeconds = WarmUp };
        await KeepAsync(plan, model, cancellationToken);
        var simulated = new Simulation(plan).Run(cancellationToken);
        if (stalls.Longest > LongestStall)
            return false;
        var (wait, latency, throughput, rows) = await LoadAsync(cluster, model, arrivals, cancellationToken);
        if (stalls.Longest > LongestStall)
            return false;
        var details = string.Create(
            CultureInfo.InvariantCulture,
            $"{arrivals.Length} runs of {Steps} steps in {Seconds:0} s, at most {Cap} rows a pass; passes of 1 and {Cap} rows took {Samples.Format(times.SecondsOf(1))} and {Samples.Format(times.SecondsOf(Cap))}; measured {rows:F2} rows a pass, simulated {simulated.Pools[0].RowsPerPass:F2}, busy {simulated.Pools[0].Utilisation * 100:F0} %; longest stall {Samples.Format(stalls.Longest)}, attempt {attempt}");
        Add(table, $"{model}: mean wait for the first step", wait, simulated.Streams[0].Wait.Mean + plan.Pipelines[0].BeforeSeconds, Samples.Format, details);
        Add(table, $"{model}: mean time to the result", latency, simulated.Streams[0].Latency.Mean, Samples.Format, string.Empty);
        Add(table, $"{model}: throughput", throughput, simulated.Pools[0].ImagesPerHour / 3600, perSecond => string.Create(CultureInfo.InvariantCulture, $"{perSecond:F2} runs/s"), string.Empty);
        return true;
    }

    private static void Add(BenchmarkTable table, string what, double measured, double simulated, Func<double, string> format, string details)
    {
        var difference = (simulated - measured) / measured;
        table.Add(
            $"capacity, {what}", string.Create(CultureInfo.InvariantCulture, $"measured {format(measured)}, simulated {format(simulated)}, {difference * 100:+0.0;-0.0} %"),
            "within 15 %", Math.Abs(difference) <= MaxDifference, details);
    }

    private static double[] Draw(double perSecond)
    {
        var random = new Random(1);
        var times = new List<double>();
        for (var at = 0.0; at < Seconds;)
        {
            times.Add(at);
            at -= Math.Log(1 - random.NextDouble()) / perSecond;
        }

        return [.. times];
    }

    private static async Task<(double Wait, double Latency, double Throughput, double Rows)> LoadAsync(BenchCluster cluster, string model, double[] arrivals, CancellationToken cancellationToken)
    {
        cluster.Trace.Reset();
        var ends = new long[arrivals.Length];
        var starts = new long[arrivals.Length];
        var begun = Stopwatch.GetTimestamp();
        var runs = new List<Task>();
        for (var i = 0; i < arrivals.Length; i++)
        {
            var left = TimeSpan.FromSeconds(arrivals[i]) - Stopwatch.GetElapsedTime(begun);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, cancellationToken);
            runs.Add(RunAsync(i));
        }

        await Task.WhenAll(runs);
        var first = new Dictionary<ulong, long>();
        foreach (var pass in cluster.Trace.Passes)
        {
            foreach (var (seed, _) in pass.Rows)
                first.TryAdd(seed, pass.Begun);
        }

        var counted = Enumerable.Range(0, arrivals.Length).Where(i => arrivals[i] >= WarmUp).ToList();
        return (
            counted.Average(i => Stopwatch.GetElapsedTime(starts[i], first[FirstSeed + (ulong)i]).TotalSeconds),
            counted.Average(i => Stopwatch.GetElapsedTime(starts[i], ends[i]).TotalSeconds),
            ends.Count(end => Stopwatch.GetElapsedTime(begun, end).TotalSeconds is >= WarmUp and <= Seconds) / (Seconds - WarmUp),
            cluster.Trace.Passes.Average(pass => pass.Rows.Count));

        async Task RunAsync(int i)
        {
            starts[i] = Stopwatch.GetTimestamp();
            await cluster.RestoreAsync(FirstSeed + (ulong)i, Steps, model: model);
            ends[i] = Stopwatch.GetTimestamp();
        }
    }

    // For ./cluster simulate, to go on from.
    private static async Task KeepAsync(CapacityPlan plan, string model, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "benchmark-results")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, $"capacity-{model}.json"), plan.Write(), cancellationToken);
    }
}
