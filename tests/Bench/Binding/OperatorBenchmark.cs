using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Bench.Binding;

/// <summary>What one call of an operator costs where there is nothing to compute, beside PyTorch.</summary>
internal sealed class OperatorBenchmark : IBenchmark
{
    private const int Calls = 20_000;
    private const int WarmUps = 3;
    private const int Repetitions = 9;

    public string Name => "operators";

    public string Description => "cost of one operator call on tiny tensors beside PyTorch";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        set_num_threads(1);
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            using var guard = inference_mode(true);
            using var scope = NewDisposeScope();
            using (var network = new BindingNetwork())
                PeerFiles.Write(folder, network, rand(1, 3, 8, 8), rand(2, 3, 8, 8), rand(2, 3, 8, 8));
            using var peer = PythonPeer.Start(folder, threads: 1);
            var (small, square) = (ones(16), ones(8, 8));
            var operators = new (string Name, Func<Tensor> Call)[]
            {
                ("add", () => small + small),
                ("relu", () => small.relu()),
                ("matmul", () => square.matmul(square)),
                ("view", () => small.view(4, 4)),
                ("sum", () => small.sum()),
            };
            foreach (var (name, call) in operators)
            {
                var (ours, theirs) = Measure.InTurn(WarmUps, Repetitions, () => Time(call), () => peer.Do($"operator {name} {Calls}") / Calls);
                table.Add(
                    $"operator {name}", Samples.Format(ours.Median), string.Empty, null,
                    string.Create(CultureInfo.InvariantCulture, $"PyTorch {Samples.Format(theirs.Median)}, ratio {ours.Median / theirs.Median:F2}; dispose included, tiny tensors"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            set_num_threads(Environment.ProcessorCount);
        }

        return Task.CompletedTask;
    }

    private static double Time(Func<Tensor> call)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Calls; i++)
            call().Dispose();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / Calls;
    }
}
