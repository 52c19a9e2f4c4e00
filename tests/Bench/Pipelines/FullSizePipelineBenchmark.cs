using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Imaging.Samples;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>A pipeline with networks of the published size and random weights: one picture from the file to pixels, time and memory.</summary>
/// <param name="name">Name of the plan.</param>
/// <param name="steps">Denoising steps, or null for two, one where the pipeline has one.</param>
/// <param name="limitBytes">What the process may have resident.</param>
internal sealed class FullSizePipelineBenchmark(string name, int? steps, long limitBytes) : IBenchmark
{
    /// <summary>Gibibytes that the process may have by default: of 24, what a system beside it leaves.</summary>
    public const int DefaultLimit = 20;

    private const int Side = 512;
    private const int Seed = 1;
    private const long RoomBytes = 2L << 30;                                    // activations of a pass at 512 x 512, and the runtime

    public string Name => $"full-size {name}";

    public string Description => "a pipeline of the published size, random weights: loading, one picture, peak memory";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        var checkpoint = FullSizePlan.Make(name);
        var weights = checkpoint.ParameterCount * sizeof(float);
        var target = string.Create(CultureInfo.InvariantCulture, $"<= {Gibibytes(limitBytes)}");
        if (Refusal(weights) is { } refusal)
        {
            table.Add($"{Name}: peak memory", "refused", target, null, refusal);
            return;
        }

        set_num_threads(Environment.ProcessorCount);
        using var checkpoints = new BenchCheckpoints();
        var resting = 0L;
        var start = 0L;
        using var model = await checkpoint.LoadAsync(
            checkpoints,
            () =>
            {
                ProcessMemory.ResetPeak();
                (resting, start) = (ProcessMemory.Resident, Stopwatch.GetTimestamp());
            },
            cancellationToken);
        var loading = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var loadingPeak = ProcessMemory.Peak;
        var run = StagedRun.Measure(model.Pipeline, SampleScene.Draw(Side, Side, Seed), PipelineWords.Of(model.Pipeline.Profile.Name), new RunSettings(Seed, steps ?? checkpoint.Steps), cancellationToken);

        var peak = Math.Max(loadingPeak, run.PeakBytes);
        table.Add($"{Name}: peak memory", Gibibytes(peak), target, peak <= limitBytes, string.Create(
            CultureInfo.InvariantCulture,
            $"of the process, from the float16 file to pixels; {checkpoint.ParameterCount / 1e6:F0} M parameters, {Gibibytes(weights)} in float32; {checkpoint.Note}"));
        table.Add($"{Name}: peak memory of loading", string.Create(CultureInfo.InvariantCulture, $"{(loadingPeak - resting) / (double)model.SizeBytes:F3} x the weights"), string.Empty, null,
            $"float16 files read into float32 in pieces, {Samples.Format(loading)}, {ProcessMemory.Format(resting)} resident before");
        table.Add($"{Name}: one step", Samples.Format(run.Steps.Median), string.Empty, null, string.Create(
            CultureInfo.InvariantCulture, $"{run.Steps} of {run.Steps.Seconds.Count}; {run.Shares}; {Side} x {Side}, float32, {Environment.ProcessorCount} threads"));
    }

    // Said before a byte is written: a process that is killed for its memory tells nobody why.
    private string? Refusal(long weights)
    {
        var needed = weights + RoomBytes;
        var available = ProcessMemory.Available;
        if (needed > limitBytes)
            return $"{name} needs {Gibibytes(weights)} for its weights in float32 and {Gibibytes(RoomBytes)} to work in; {Gibibytes(limitBytes)} are allowed (--memory)";
        return needed > available
            ? $"{name} needs {Gibibytes(weights)} for its weights in float32 and {Gibibytes(RoomBytes)} to work in; this machine has {Gibibytes(available)} available now"
            : null;
    }

    private static string Gibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):F1} GiB");
}
