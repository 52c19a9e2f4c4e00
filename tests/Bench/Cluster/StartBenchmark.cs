using System.Globalization;
using Darkroom.Bench.Harness;

namespace Darkroom.Bench.Cluster;

/// <summary>From the start of the process to the first result: <c>darkroom restore</c> without a photograph.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const double MaxSeconds = 10;
    private const int Repetitions = 3;

    public string Name => "start";

    public string Description => "start to first result of the sample, as a process of its own";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        ShippedModel.Require();
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            var usages = new List<CommandUsage>();
            for (var i = 0; i < Repetitions; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                usages.Add(await CommandProcess.RestoreAsync(folder));
            }

            var samples = new Samples([.. usages.Select(usage => usage.Seconds)]);
            table.Add(
                "start to first result of the sample", Samples.Format(samples.Median), $"<= {MaxSeconds.ToString(CultureInfo.InvariantCulture)} s", samples.Median <= MaxSeconds,
                $"draws, degrades, restores and writes 768 x 512; {samples} (min / median / max), peak {usages.Max(usage => usage.PeakBytes) >> 20} MiB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
