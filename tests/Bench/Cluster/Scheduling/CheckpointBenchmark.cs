using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Grains.Runs;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>What checkpoints cost a run.</summary>
internal sealed class CheckpointBenchmark : IBenchmark
{
    private const int Steps = 50;
    private const int Repetitions = 15;
    private const double MaxShare = 0.02;
    private const string Key = $"{RunOptions.SectionName}:{nameof(RunOptions.CheckpointEverySteps)}";

    public string Name => "checkpoints";

    public string Description => "a run of 50 steps with a checkpoint every 5 steps, and with none";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await using var often = await BenchCluster.StartAsync(new Dictionary<string, string> { [Key] = "5" }, cancellationToken);
        await using var never = await BenchCluster.StartAsync(new Dictionary<string, string> { [Key] = "1000" }, cancellationToken);
        var (with, without) = (new List<double>(), new List<double>());
        for (var i = -3; i < Repetitions; i++)
        {
            // In turn, so that both meet the same disturbances.
            var (a, b) = (await SecondsAsync(often), await SecondsAsync(never));
            if (i < 0)
                continue;
            with.Add(a);
            without.Add(b);
        }

        var cost = new Samples(with).Median - new Samples(without).Median;
        var share = cost / new Samples(without).Median;
        table.Add(
            "checkpoints every 5 steps, share of the run", Percent(share), $"<= {Percent(MaxShare)}", share <= MaxShare,
            $"with {new Samples(with)}, without {new Samples(without)} (min / median / max of {Repetitions}); {Samples.Format(cost / ((Steps / 5) - 1))} a checkpoint, steps of {Samples.Format(new Samples(without).Median / Steps)}");
    }

    private static async Task<double> SecondsAsync(BenchCluster cluster)
    {
        var start = Stopwatch.GetTimestamp();
        await cluster.RestoreAsync(1, Steps);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F1} %");
}
