using System.Text.Json;
using Darkroom.Bench.Harness;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Bench.Models;

/// <summary>The decoder of Stable Diffusion's VAE at its published size, beside PyTorch.</summary>
internal sealed class VaeBenchmark : IBenchmark
{
    private const int Side = 24;   // cells: 192 pixels
    private const string Settings = """
        { "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
          "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "norm_num_groups": 32 }
        """;

    public string Name => "vae";

    public string Description => "VAE decode beside PyTorch, random weights";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(Settings);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = new AutoencoderKL(AutoencoderConfig.Parse(document.RootElement));
        Initializer.Reset(network, seed: 1);
        random.manual_seed(1);
        var latent = randn(1, 4, Side, Side);
        PeerComparison.Run(
            table, "vae", network, Settings, new Dictionary<string, Tensor> { ["latent"] = latent }, () => network.Decode(latent),
            new PeerPlan(WarmUps: 1, Repetitions: 7, MaxDifference: 1e-4), $"decoder of SD's VAE, latent 1x4x{Side}x{Side}");
        return Task.CompletedTask;
    }
}
