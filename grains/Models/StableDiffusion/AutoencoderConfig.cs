using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Sizes of the VAE of Stable Diffusion.</summary>
/// <param name="ImageChannels">Channels of the picture that is encoded.</param>
/// <param name="OutputChannels">Channels of the picture that is decoded.</param>
/// <param name="LatentChannels">Channels of the latent.</param>
/// <param name="BlockChannels">Channels of each block, from full resolution to the latent's.</param>
/// <param name="LayersPerBlock">Residual blocks of each block of the encoder; the decoder has one more.</param>
/// <param name="NormGroups">Groups of the group norms.</param>
/// <param name="ScalingFactor">What the UNet's latents are: this times the VAE's.</param>
public sealed record AutoencoderConfig(
    int ImageChannels,
    int OutputChannels,
    int LatentChannels,
    IReadOnlyList<int> BlockChannels,
    int LayersPerBlock,
    int NormGroups,
    double ScalingFactor)
{
    /// <summary>Gets how many pixels a cell of the latent has on each side.</summary>
    public int PixelsPerCell => 1 << (BlockChannels.Count - 1);

    /// <summary>Reads a <c>vae/config.json</c> of diffusers.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static AutoencoderConfig Parse(JsonElement json)
    {
        var reader = new ConfigReader(json, "VAE");
        foreach (var key in (string[])["shift_factor", "latents_mean", "latents_std"])
            reader.Absent(key);
        foreach (var key in (string[])["use_quant_conv", "use_post_quant_conv", "mid_block_add_attention"])
            reader.Only(key, supported: true);
        reader.Choice("act_fn", "silu", new Dictionary<string, bool> { ["silu"] = true, ["swish"] = true });
        var channels = reader.Sizes("block_out_channels", 64);
        CheckBlocks("down_block_types", "DownEncoderBlock2D");
        CheckBlocks("up_block_types", "UpDecoderBlock2D");
        var groups = reader.Size("norm_num_groups", 32);
        if (channels.FirstOrDefault(width => width % groups != 0) is var odd and not 0)
            throw reader.Refused("block_out_channels", $"{odd}", $"a multiple of norm_num_groups = {groups}");
        return new AutoencoderConfig(
            reader.Size("in_channels", 3),
            reader.Size("out_channels", 3),
            reader.Size("latent_channels", 4),
            channels,
            reader.Size("layers_per_block", 1),
            groups,
            reader.Positive("scaling_factor", 0.18215));

        void CheckBlocks(string key, string supported)
        {
            var blocks = reader.Choices(key, [supported], new Dictionary<string, bool> { [supported] = true });
            if (blocks.Count != channels.Count)
                throw reader.Refused(key, $"a list of {blocks.Count}", $"one of {channels.Count}, as block_out_channels has");
        }
    }
}
