using System.Text.Json;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;

namespace Darkroom.Tests.Unit.Models.DarkDiff;

/// <summary>DarkDiff with a few channels.</summary>
internal static class TinyDarkDiff
{
    public const int TextTokens = 3;
    public const int TextWidth = 8;

    private const string UNet = """
        {
          "in_channels": 4, "out_channels": 4, "block_out_channels": [8, 8], "layers_per_block": 1, "cross_attention_dim": 8, "attention_head_dim": 2,
          "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
          "norm_num_groups": 4, "use_linear_projection": true
        }
        """;

    public static DarkDiffNetworks Create(int seed)
    {
        var networks = new DarkDiffNetworks(
            new AutoencoderConfig(3, 3, 4, [8, 8], 1, 4, 0.18215), UNetConfig.Parse(JsonDocument.Parse(UNet).RootElement), [2]);
        Initializer.Reset(networks.Autoencoder, seed);
        Initializer.Reset(networks.Context, seed + 1);
        Initializer.Reset(networks.UNet, seed + 2);
        return networks;
    }
}
