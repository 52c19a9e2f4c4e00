using System.Text.Json;
using Darkroom.Models.Clip;
using Darkroom.Models.Layers;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Mgie;

/// <summary>MGIE with a few channels; its vocabulary ends with the tokens of pictures.</summary>
internal static class TinyMgie
{
    public const int Vocabulary = 40;
    public const int Patches = 4;

    private const int Width = 16;

    private const string UNet = """
        {
          "in_channels": 8, "out_channels": 4, "block_out_channels": [8, 8], "layers_per_block": 1, "cross_attention_dim": 8, "attention_head_dim": 2,
          "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"], "norm_num_groups": 4
        }
        """;

    public static MgieTokens Tokens { get; } = new(29, 30, 31, 32);

    public static MgieNetworks Create(int seed)
    {
        var networks = new MgieNetworks(
            new ClipVisionModel(new ClipVisionConfig(8, 16, 2, 2, 3, 28, 14, ClipActivation.QuickGelu, 1e-5, 8, HasProjection: false)),
            new LlamaForCausalLm(new LlamaConfig(Vocabulary, Width, 32, 2, 2, 64, 1e-6, 10000, 1, 2, VisionWidth: 8)),
            new EditHead(new EditHeadConfig(Width, 8, 8, 5, 16, 2, 1, 1)),
            zeros(1, MgieTokens.ImageTokenCount, Width),
            new UNet2DCondition(UNetConfig.Parse(JsonDocument.Parse(UNet).RootElement)),
            new AutoencoderKL(new AutoencoderConfig(3, 3, 4, [8, 8], 1, 4, 0.18215)),
            Tokens);
        foreach (var network in new nn.Module[] { networks.Vision, networks.Language, networks.Head, networks.UNet, networks.Vae })
            Initializer.Reset(network, seed++);
        return networks;
    }
}
