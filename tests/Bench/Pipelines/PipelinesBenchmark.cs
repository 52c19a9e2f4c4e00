using System.Globalization;
using Darkroom.Bench.Cluster;
using Darkroom.Bench.Harness;
using Darkroom.Imaging.Samples;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>Every paper's pipeline at nano size, and the one that ships: seconds a step, memory, and what each stage takes.</summary>
internal sealed class PipelinesBenchmark : IBenchmark
{
    private const int Side = 512;
    private const int StepCount = 10;
    private const int Seed = 1;

    public string Name => "pipelines";

    public string Description => "every pipeline, nano checkpoints with random weights: seconds a step, peak memory, share of each stage";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        set_num_threads(Environment.ProcessorCount);
        using (var shipped = PipelineLoader.Load(ShippedModel.Require(), CPU))
            Add(table, "llmra (compact, as shipped)", shipped, new RunSettings(Seed), cancellationToken);
        foreach (var (pipeline, _) in PipelineWords.All)
        {
            using var checkpoints = new BenchCheckpoints();
            using var model = await checkpoints.LoadAsync(folder => NanoCheckpoint.Write(pipeline, Seed, folder), () => { }, cancellationToken);
            Add(table, $"{pipeline} (nano)", model, new RunSettings(Seed, StepCount), cancellationToken);
        }
    }

    private static void Add(BenchmarkTable table, string name, LoadedModel model, RunSettings settings, CancellationToken cancellationToken)
    {
        // Half or more of a small picture would be outside of it otherwise.
        var side = Math.Min(Side, model.Pipeline.Profile.TileSize);
        var picture = SampleScene.Draw(side, side, Seed);
        var words = PipelineWords.Of(model.Pipeline.Profile.Name);
        StagedRun.Measure(model.Pipeline, picture, words, settings, cancellationToken);   // warm-up
        var run = StagedRun.Measure(model.Pipeline, picture, words, settings, cancellationToken);
        table.Add(
            $"{name}: one step", Samples.Format(run.Steps.Median), string.Empty, null,
            string.Create(CultureInfo.InvariantCulture,
                $"{run.Steps} of {run.Steps.Seconds.Count}; {run.Shares}; peak {ProcessMemory.Format(run.PeakBytes)} of the process, weights {ProcessMemory.Format(model.SizeBytes)}; {side} x {side}, float32"));
    }
}
