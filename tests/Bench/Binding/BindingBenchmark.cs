using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Darkroom.Bench.Harness;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Bench.Binding;

/// <summary>What the binding to libtorch costs: a network, forward and one training step, beside PyTorch on the same libtorch.</summary>
internal sealed class BindingBenchmark : IBenchmark
{
    private const double MaxRatio = 1.05;
    private const double MaxDifference = 1e-4;   // of the outputs: the same kernels, differently aligned
    private const int ForwardSide = 256;
    private const int TrainSide = 96;
    private const int WarmUps = 4;
    private const int Repetitions = 21;

    public string Name => "binding";

    public string Description => "forward and training step beside Debian's PyTorch on the same libtorch";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        random.manual_seed(1);
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            using var scope = NewDisposeScope();
            using var network = new BindingNetwork();
            var picture = rand(1, 3, ForwardSide, ForwardSide);
            var (degraded, target) = (rand(2, 3, TrainSide, TrainSide), rand(2, 3, TrainSide, TrainSide));
            PeerFiles.Write(folder, network, picture, degraded, target);
            using var peer = PythonPeer.Start(folder, threads);

            var forward = Measure.InTurn(WarmUps, Repetitions, () => Time(() => Forward(network, picture)), () => peer.Do("forward"));
            Report(table, "forward", forward, $"1x3x{ForwardSide}x{ForwardSide}, {threads} threads, PyTorch {peer.Version}");

            using var optimizer = optim.AdamW(network.parameters(), lr: 1e-4, weight_decay: 0);
            var train = Measure.InTurn(WarmUps, Repetitions, () => Time(() => Train(network, optimizer, degraded, target)), () => peer.Do("train"));
            Report(table, "training step (forward, backward, AdamW)", train, $"2x3x{TrainSide}x{TrainSide}, {threads} threads");

            peer.Do("save");
            using var guard = inference_mode(true);
            var difference = Math.Max(Difference(folder, "forward.out", network.call(picture)), Difference(folder, "weights.out", PeerFiles.Weights(network)));
            table.Add(
                "binding: largest difference of outputs and trained weights", difference.ToString("E1", CultureInfo.InvariantCulture),
                $"<= {MaxDifference.ToString("E0", CultureInfo.InvariantCulture)}", difference <= MaxDifference, $"after {WarmUps + Repetitions} training steps on both sides");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Report(BenchmarkTable table, string what, (Samples Ours, Samples Theirs) times, string details)
    {
        var ratio = times.Ours.Median / times.Theirs.Median;
        table.Add(
            $"binding: {what}", string.Create(CultureInfo.InvariantCulture, $"ratio {ratio:F3}"), $"<= {MaxRatio.ToString(CultureInfo.InvariantCulture)}",
            ratio <= MaxRatio, $"ours {times.Ours}, PyTorch {times.Theirs} (min / median / max); {details}");
    }

    private static void Forward(BindingNetwork network, Tensor picture)
    {
        using var guard = inference_mode(true);
        using var result = network.call(picture);
    }

    private static void Train(BindingNetwork network, optim.Optimizer optimizer, Tensor degraded, Tensor target)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = nn.functional.l1_loss(network.call(degraded), target);
        loss.backward();
        optimizer.step();
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Difference(string folder, string name, Tensor ours)
    {
        var theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name)));
        var values = MemoryMarshal.Cast<byte, float>(ours.contiguous().bytes);
        if (theirs.Length != values.Length)
            throw new InvalidOperationException($"{name}: {values.Length} values here, {theirs.Length} there.");
        var largest = 0.0;
        for (var i = 0; i < values.Length; i++)
            largest = Math.Max(largest, Math.Abs(values[i] - theirs[i]));
        return largest;
    }
}
