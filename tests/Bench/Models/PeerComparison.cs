using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Binding;
using Darkroom.Bench.Harness;
using Darkroom.Models.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Bench.Models;

/// <summary>Measures a network's forward pass beside PyTorch's, with the same weights, inputs and threads, in turn.</summary>
/// <remarks>PyTorch's side is a module <c>peer_NAME.py</c> beside this file with <c>build(settings, weights)</c>, which returns a function of the inputs.</remarks>
internal static class PeerComparison
{
    private const double MaxRatio = 1.05;

    /// <summary>Measures it.</summary>
    /// <param name="table">Where the results go.</param>
    /// <param name="name">Of the network, as in <c>peer_NAME.py</c>.</param>
    /// <param name="network">The network, with weights.</param>
    /// <param name="settings">What PyTorch's side is built by, JSON.</param>
    /// <param name="inputs">The inputs, by name.</param>
    /// <param name="forward">The forward pass; its result is disposed.</param>
    /// <param name="plan">How often, and how far the outputs may differ.</param>
    /// <param name="details">Sizes, for the table.</param>
    public static void Run(
        BenchmarkTable table,
        string name,
        nn.Module network,
        string settings,
        IReadOnlyDictionary<string, Tensor> inputs,
        Func<Tensor> forward,
        PeerPlan plan,
        string details)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            using var guard = inference_mode(true);
            SafetensorsWriter.Write(Path.Combine(folder, "weights.safetensors"), network.state_dict());
            SafetensorsWriter.Write(Path.Combine(folder, "inputs.safetensors"), inputs);
            File.WriteAllText(Path.Combine(folder, "settings.json"), settings);
            using var peer = PythonPeer.Start(Path.Combine("Models", "peer_models.py"), folder, threads, name);

            peer.Do("save");
            var difference = Difference(Path.Combine(folder, "output.safetensors"), forward);
            var (ours, theirs) = Measure.InTurn(plan.WarmUps, plan.Repetitions, () => Time(forward), () => peer.Do("forward"));
            var ratio = ours.Median / theirs.Median;
            table.Add(
                $"{name}: forward", string.Create(CultureInfo.InvariantCulture, $"ratio {ratio:F3}"), $"<= {MaxRatio.ToString(CultureInfo.InvariantCulture)}",
                ratio <= MaxRatio, $"ours {ours}, PyTorch {peer.Version} {theirs} (min / median / max); {details}, float32, {threads} threads");
            table.Add(
                $"{name}: largest difference of the outputs", difference.ToString("E1", CultureInfo.InvariantCulture),
                $"<= {plan.MaxDifference.ToString("E0", CultureInfo.InvariantCulture)}", difference <= plan.MaxDifference, "relative to the largest output");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Time(Func<Tensor> forward)
    {
        var start = Stopwatch.GetTimestamp();
        forward().Dispose();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Difference(string path, Func<Tensor> forward)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var (ours, theirs) = (forward(), file.Read("output"));
        if (!ours.shape.SequenceEqual(theirs.shape))
            throw new InvalidOperationException($"The output is [{string.Join(", ", ours.shape)}] here, [{string.Join(", ", theirs.shape)}] there.");
        return (ours - theirs).abs().max().item<float>() / theirs.abs().max().item<float>();
    }
}

/// <summary>How a network is measured.</summary>
/// <param name="WarmUps">Rounds that are not counted.</param>
/// <param name="Repetitions">Rounds that are.</param>
/// <param name="MaxDifference">Of the outputs, relative to the largest value.</param>
internal sealed record PeerPlan(int WarmUps, int Repetitions, double MaxDifference);
