using System.Text.Json;
using Darkroom.Bench.Harness;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Bench.Models;

/// <summary>A UNet of Stable Diffusion 2.1 at half width, beside PyTorch.</summary>
internal sealed class UNetBenchmark : IBenchmark
{
    private const int Side = 64;   // cells: 4096 tokens at full resolution
    private const int Width = 160;
    private const int HeadWidth = 32;

    public string Name => "unet";

    public string Description => "forward pass of a mid-size UNet beside PyTorch, random weights";

    public Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var settings = Settings(Width, HeadWidth);
        using var network = new UNet2DCondition(UNetConfig.Parse(settings));
        Initializer.Reset(network, seed: 1);
        var inputs = Inputs(Side);
        PeerComparison.Run(
            table, "unet", network, settings.GetRawText(), inputs, () => network.call(inputs["sample"], inputs["timestep"], inputs["text"]),
            new PeerPlan(WarmUps: 1, Repetitions: 7, MaxDifference: 1e-4), $"SD2.1 at half width, latent 1x4x{Side}x{Side}");
        return Task.CompletedTask;
    }

    /// <summary>The settings of SD2.1's UNet at a given width.</summary>
    internal static JsonElement Settings(int width, int headWidth) => JsonSerializer.SerializeToElement(new Dictionary<string, object>
    {
        ["in_channels"] = 4,
        ["out_channels"] = 4,
        ["down_block_types"] = (string[])["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        ["up_block_types"] = (string[])["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
        ["block_out_channels"] = (int[])[width, 2 * width, 4 * width, 4 * width],
        ["attention_head_dim"] = (int[])[width / headWidth, 2 * width / headWidth, 4 * width / headWidth, 4 * width / headWidth],   // numbers of heads
        ["layers_per_block"] = 2,
        ["cross_attention_dim"] = 1024,
        ["norm_num_groups"] = 32,
        ["norm_eps"] = 1e-5,
        ["use_linear_projection"] = true,
    });

    /// <summary>Inputs of a UNet: one latent, one timestep, 77 tokens.</summary>
    internal static Dictionary<string, Tensor> Inputs(int side)
    {
        random.manual_seed(1);
        return new() { ["sample"] = randn(1, 4, side, side), ["timestep"] = tensor([500L]), ["text"] = randn(1, 77, 1024) };
    }
}
