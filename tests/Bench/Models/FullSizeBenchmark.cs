using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Binding;
using Darkroom.Bench.Harness;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Bench.Models;

/// <summary>The whole UNet of Stable Diffusion 2.1 from random weights: loading and one step, time and memory.</summary>
internal sealed class FullSizeBenchmark : IBenchmark
{
    private const double MaxStepSeconds = 5.5;       // diffusers 0.31 on the same libtorch and two cores takes 5.4 s
    private const double MaxLoadMemoryRatio = 1.15;
    private const int Width = 320;
    private const int HeadWidth = 64;
    private const int Side = 64;                     // cells: 512 pixels
    private const int WarmUps = 1;
    private const int Repetitions = 3;

    public string Name => "sd21-unet";

    public string Description => "full-size SD2.1 UNet: loading and one step beside PyTorch, random weights";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            var settings = UNetBenchmark.Settings(Width, HeadWidth);
            var inputs = UNetBenchmark.Inputs(Side);
            var path = Path.Combine(folder, "weights.safetensors");
            ProcessMemory.ResetPeak();
            var resting = ProcessMemory.Resident;                               // before the weights are drawn: what the heap keeps of them is no gain
            using (var random = new UNet2DCondition(UNetConfig.Parse(settings)))
            {
                Initializer.Reset(random, seed: 1);
                SafetensorsWriter.Write(path, random.state_dict());
            }

            SafetensorsWriter.Write(Path.Combine(folder, "inputs.safetensors"), inputs);
            File.WriteAllText(Path.Combine(folder, "settings.json"), settings.GetRawText());

            using var network = new UNet2DCondition(UNetConfig.Parse(settings));
            Load(table, network, path, resting);
            cancellationToken.ThrowIfCancellationRequested();
            using var peer = PythonPeer.Start(Path.Combine("Models", "peer_models.py"), folder, threads, "unet");
            Step(table, () => network.call(inputs["sample"], inputs["timestep"], inputs["text"]), peer, threads);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Load(BenchmarkTable table, UNet2DCondition network, string path, long resting)
    {
        var size = new FileInfo(path).Length;
        ProcessMemory.ResetPeak();
        var start = Stopwatch.GetTimestamp();
        using (var weights = SafetensorsFile.Open(path))
            CheckpointLoader.Load(network, weights);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var ratio = (ProcessMemory.Peak - resting) / (double)size;
        var count = network.parameters().Sum(parameter => parameter.numel());
        table.Add(
            "sd21-unet: peak memory of loading", string.Create(CultureInfo.InvariantCulture, $"{ratio:F3} x the file"),
            $"<= {MaxLoadMemoryRatio.ToString(CultureInfo.InvariantCulture)} x", ratio <= MaxLoadMemoryRatio,
            string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:F1} M parameters, file {ProcessMemory.Format(size)}, loaded in {Samples.Format(seconds)}"));
    }

    private static void Step(BenchmarkTable table, Func<Tensor> forward, PythonPeer peer, int threads)
    {
        ProcessMemory.ResetPeak();
        var (ours, theirs) = Measure.InTurn(WarmUps, Repetitions, () => Time(forward), () => peer.Do("forward"));
        table.Add(
            "sd21-unet: one step", Samples.Format(ours.Median), $"<= {Samples.Format(MaxStepSeconds)}", ours.Median <= MaxStepSeconds,
            string.Create(
                CultureInfo.InvariantCulture,
                $"ours {ours}, PyTorch {peer.Version} {theirs} (min / median / max), ratio {ours.Median / theirs.Median:F3}; latent 1x4x{Side}x{Side}, float32, {threads} threads"));
        table.Add(
            "sd21-unet: peak memory of a step", ProcessMemory.Format(ProcessMemory.Peak), string.Empty, null,
            $"of the process, weights included; PyTorch {ProcessMemory.Format(peer.PeakBytes)}");
    }

    private static double Time(Func<Tensor> forward)
    {
        var start = Stopwatch.GetTimestamp();
        using var result = forward();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
