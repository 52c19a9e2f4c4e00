using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Bench.Imaging;
using Darkroom.Client;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Silo;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>What checkpoints cost a run.</summary>
internal sealed class CheckpointBenchmark : IBenchmark
{
    private const int Steps = 50;
    private const int Repetitions = 15;
    private const double MaxShare = 0.02;
    private const int TileRepetitions = 7;
    private const int Width = 1536;                                             // twelve tiles of the shipped model
    private const int Height = 1024;
    private const string Key = $"{RunOptions.SectionName}:{nameof(RunOptions.CheckpointEverySteps)}";

    public string Name => "checkpoints";

    public string Description => "a run of 50 steps with a checkpoint every 5 steps, and with none; a picture of many tiles with one each second, and with none";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await MeasureStepsAsync(table, cancellationToken);
        await MeasureTilesAsync(table, cancellationToken);
    }

    private static async Task MeasureStepsAsync(BenchmarkTable table, CancellationToken cancellationToken)
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

    // One step a tile: what is kept are the finished tiles.
    private static async Task MeasureTilesAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        ShippedModel.Require();
        var file = ImageEncoder.Encode(BenchPictures.Draw(Width, Height), ImageFormat.Png, EncodeSettings.Intermediate);
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            await using var often = await StartAsync(Path.Combine(folder, "often"), TimeSpan.FromSeconds(1), cancellationToken);
            await using var never = await StartAsync(Path.Combine(folder, "never"), TimeSpan.FromHours(1), cancellationToken);
            var (with, without) = (new List<double>(), new List<double>());
            for (var i = -1; i < TileRepetitions; i++)
            {
                var (a, b) = (await SecondsAsync(often, file, cancellationToken), await SecondsAsync(never, file, cancellationToken));
                if (i < 0)
                    continue;
                with.Add(a);
                without.Add(b);
            }

            var share = (new Samples(with).Median - new Samples(without).Median) / new Samples(without).Median;
            table.Add(
                $"finished tiles kept each second, {Width} x {Height}, share of the run", Percent(share), $"<= {Percent(MaxShare)}", share <= MaxShare,
                $"with {new Samples(with)}, without {new Samples(without)} (min / median / max of {TileRepetitions})");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<EmbeddedCluster> StartAsync(string folder, TimeSpan period, CancellationToken cancellationToken) => EmbeddedCluster.StartAsync(
        new EmbeddedClusterOptions
        {
            DataFolder = folder,
            WeightsFolder = Path.GetDirectoryName(ShippedModel.Require()),
            Configure = builder => builder.Configuration[$"{RunOptions.SectionName}:{nameof(RunOptions.CheckpointPeriod)}"] = period.ToString(),
        },
        cancellationToken);

    private static async Task<double> SecondsAsync(EmbeddedCluster cluster, byte[] file, CancellationToken cancellationToken)
    {
        var client = new DarkroomClient(cluster.Client, cluster.Contents, "bench");
        var session = await client.OpenSessionAsync(await client.UploadAsync(new MemoryStream(file), cancellationToken), cancellationToken: cancellationToken);
        var start = Stopwatch.GetTimestamp();
        var reply = await session.RestoreAsync("<refine> less noise", cancellationToken: cancellationToken);
        return reply.Run is { Stage: RunStage.Completed }
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException($"The run did not complete: {reply.Run?.Error?.Message}");
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F1} %");
}
