using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Models.Layers;
using static TorchSharp.torch;

namespace Darkroom.Bench.Models;

/// <summary>Memory of self-attention over 4096 tokens, in chunks and at once.</summary>
internal sealed class AttentionBenchmark : IBenchmark
{
    private const int Tokens = 4096;   // a 64x64 latent at full resolution
    private const int Heads = 5;       // as SD2.1 has there
    private const int HeadWidth = 64;
    private const int WarmUps = 1;
    private const int Repetitions = 5;

    public string Name => "attention";

    public string Description => "peak memory of 4096-token self-attention";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        set_num_threads(Environment.ProcessorCount);
        random.manual_seed(1);
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        var (query, key, value) = (Draw(), Draw(), Draw());
        const long ScoreBytes = (long)Tokens * Tokens * Heads * sizeof(float);
        var chunked = Peak(() => Attend(ScaledDotProduct.MaxScores));
        var whole = Peak(() => Attend(long.MaxValue));
        var times = Measure.InTurn(
            WarmUps, Repetitions, () => Time(() => Attend(ScaledDotProduct.MaxScores)), () => Time(() => Attend(long.MaxValue)));
        table.Add(
            $"self-attention of {Tokens} tokens: peak memory", ProcessMemory.Format(chunked), $"< {ProcessMemory.Format(ScoreBytes)}", chunked < ScoreBytes,
            string.Create(
                CultureInfo.InvariantCulture,
                $"all scores are {ProcessMemory.Format(ScoreBytes)}, at once the peak is {ProcessMemory.Format(whole)}; {Heads} heads of {HeadWidth}, above inputs; " +
                $"time {times.First} in chunks, {times.Second} at once (min / median / max)"));
        return Task.CompletedTask;

        Tensor Draw() => randn(1, Heads, Tokens, HeadWidth);
        Tensor Attend(long maxScores) => ScaledDotProduct.Attend(query, key, value, 1 / Math.Sqrt(HeadWidth), maxScores: maxScores);
    }

    private static double Time(Func<Tensor> action)
    {
        var start = Stopwatch.GetTimestamp();
        using var result = action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long Peak(Func<Tensor> action)
    {
        action().Dispose();   // code and scratch memory of the kernels come in at the first run
        ProcessMemory.ResetPeak();
        var before = ProcessMemory.Resident;
        using var result = action();
        return ProcessMemory.Peak - before;
    }
}
