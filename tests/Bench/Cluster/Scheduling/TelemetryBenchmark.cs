using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Grains;
using Darkroom.Models.Pipelines;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using static TorchSharp.torch;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>What metrics and traces add to a denoising step: the time between two passes of the same cluster with and without them, in turn.</summary>
internal sealed class TelemetryBenchmark : IBenchmark
{
    private const int Steps = 1000;
    private const int Rounds = 7;
    private const double MaxShare = 0.01;
    private const string OrleansSource = "Microsoft.Orleans.Application";

    public string Name => "telemetry";

    public string Description => "cost of metrics and traces in a step";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        var path = ShippedModel.Require();
        await using var cluster = await BenchCluster.StartAsync(cancellationToken: cancellationToken);
        var spans = new Counting<Activity>();
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var off = await GapAsync(cluster);
            double on;
            using (Listen(spans))
                on = await GapAsync(cluster);
            if (round < 0)
                continue;
            without.Add(off);
            with.Add(on);
        }

        if (spans.Count < Rounds * Steps)
            throw new InvalidOperationException($"Only {spans.Count} spans were exported for {Rounds * Steps} steps: nothing was measured.");
        var added = new Samples([.. with.Zip(without, (on, off) => on - off)]);
        var step = StepOf(path);
        var share = added.Median / step.Median;
        table.Add(
            "metrics and traces in a step", Percent(share), $"<= {Percent(MaxShare)}", share <= MaxShare,
            $"they add {added} (min / median / max of {Rounds} rounds) between two passes, {Samples.Format(new Samples(without).Median)} without; a step of the shipped network on one tile takes {Samples.Format(step.Median)} in the same run");
    }

    // The time between two passes, where everything is done that is not the network.
    private static async Task<double> GapAsync(BenchCluster cluster)
    {
        cluster.Trace.Reset();
        using (var source = new ActivitySource(nameof(TelemetryBenchmark)))
        using (source.StartActivity("restore"))
            await cluster.RestoreAsync(1, Steps, model: SmallDiffusion.EmptyName);
        var passes = cluster.Trace.Passes;
        return new Samples([.. passes.Zip(passes.Skip(1), (pass, next) => Stopwatch.GetElapsedTime(pass.Ended, next.Begun).TotalSeconds)]).Median;
    }

    // As a silo has them, with exporters that send nothing: sending is another thread's work.
    private static Providers Listen(Counting<Activity> spans) => new(
        Sdk.CreateMeterProviderBuilder().AddMeter(DarkroomTelemetry.Name).SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(new PeriodicExportingMetricReader(new Counting<Metric>(), exportIntervalMilliseconds: 1000)).Build(),
        Sdk.CreateTracerProviderBuilder().AddSource(DarkroomTelemetry.Name, OrleansSource, nameof(TelemetryBenchmark))
            .AddProcessor(new BatchActivityExportProcessor(spans, maxQueueSize: 100_000)).Build());

    private static Samples StepOf(string path)
    {
        using var model = PipelineLoader.Load(path, CPU);
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        var profile = model.Pipeline.Profile;
        using var conditioning = model.Pipeline.Prepare(rand(1, 3, profile.OverviewSize, profile.OverviewSize), new Instruction(InstructionKind.Refine, "less noise"), new RunSettings());
        var context = new StepContext(conditioning, 0, 1, 0, 0);
        var latent = model.Pipeline.Encode(rand(1, 3, profile.TileSize, profile.TileSize), context);
        return Measure.AloneAsync(3, 15, () =>
        {
            model.Pipeline.Step(latent, [context]).Dispose();
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F3} %");

    private sealed record Providers(MeterProvider Meters, TracerProvider Traces) : IDisposable
    {
        public void Dispose()
        {
            Traces.Dispose();
            Meters.Dispose();
        }
    }

    private sealed class Counting<T> : BaseExporter<T>
        where T : class
    {
        public long Count { get; private set; }

        public override ExportResult Export(in Batch<T> batch)
        {
            Count += batch.Count;
            return ExportResult.Success;
        }
    }
}
