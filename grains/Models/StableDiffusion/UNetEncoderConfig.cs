using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Sizes of the half of a UNet that goes down, which ControlNet and its relatives copy.</summary>
/// <param name="InputChannels">Channels of the latent (8 for InstructPix2Pix).</param>
/// <param name="BlockChannels">Channels of each block, from full resolution to the lowest.</param>
/// <param name="BlocksAttend">Whether each block has transformers.</param>
/// <param name="LayersPerBlock">Residual blocks of each block.</param>
/// <param name="HeadCounts">Attention heads of each block.</param>
/// <param name="TransformerDepth">Transformer blocks behind each residual block.</param>
/// <param name="TextWidth">Width of the conditioning tokens.</param>
/// <param name="NormGroups">Groups of the group norms.</param>
/// <param name="NormEpsilon">Added to the variance in the residual blocks.</param>
/// <param name="HasLinearProjection">Whether the transformers begin and end with linear maps (SD2) or with 1x1 convolutions (SD1).</param>
/// <param name="HasWideScores">Whether attention scores are always computed in float32.</param>
/// <param name="CosineFirst">Whether the timestep's cosines stand before its sines.</param>
/// <param name="FrequencyShift">Shift of the timestep's frequencies.</param>
public sealed record UNetEncoderConfig(
    int InputChannels,
    IReadOnlyList<int> BlockChannels,
    IReadOnlyList<bool> BlocksAttend,
    int LayersPerBlock,
    IReadOnlyList<int> HeadCounts,
    int TransformerDepth,
    int TextWidth,
    int NormGroups,
    double NormEpsilon,
    bool HasLinearProjection,
    bool HasWideScores,
    bool CosineFirst,
    int FrequencyShift)
{
    private const int ChannelMultiple = 4;   // the time embedding is this many times as wide as the first block

    private static readonly string[] DefaultBlocks = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"];
    private static readonly Dictionary<string, bool> KnownBlocks = new() { ["CrossAttnDownBlock2D"] = true, ["DownBlock2D"] = false };

    /// <summary>Gets the width of the time embedding.</summary>
    public long TimeWidth => (long)BlockChannels[0] * ChannelMultiple;

    /// <summary>Gets the channels of the skip connections: one behind the first convolution, one a layer, one a downsampling.</summary>
    public IEnumerable<int> SkipChannels => BlockChannels
        .SelectMany((channels, block) => Enumerable.Repeat(channels, block < BlockChannels.Count - 1 ? LayersPerBlock + 1 : LayersPerBlock))
        .Prepend(BlockChannels[0]);

    internal static UNetEncoderConfig Parse(ConfigReader reader)
    {
        RefuseOtherArchitectures(reader);
        var channels = reader.Sizes("block_out_channels", 320, 640, 1280, 1280);
        var attend = reader.Choices("down_block_types", DefaultBlocks, KnownBlocks);
        if (attend.Count != channels.Count)
            throw reader.Refused("down_block_types", $"a list of {attend.Count}", $"one of {channels.Count}, as block_out_channels has");
        var config = new UNetEncoderConfig(
            reader.Size("in_channels", 4),
            channels,
            attend,
            reader.Size("layers_per_block", 2),
            reader.SizePerBlock("attention_head_dim", 8, channels.Count),       // diffusers' name; the number of heads is meant
            reader.Size("transformer_layers_per_block", 1),
            reader.Size("cross_attention_dim", 1280),
            reader.Size("norm_num_groups", 32),
            reader.Positive("norm_eps", 1e-5),
            reader.Flag("use_linear_projection", false),
            reader.Flag("upcast_attention", false),
            reader.Flag("flip_sin_to_cos", true),
            reader.Index("freq_shift", 0));
        config.CheckSizes(reader);
        return config;
    }

    private void CheckSizes(ConfigReader reader)
    {
        foreach (var (channels, block) in BlockChannels.Select((channels, block) => (channels, block)))
        {
            if (channels % NormGroups != 0)
                throw reader.Refused("block_out_channels", $"{channels}", $"a multiple of norm_num_groups = {NormGroups}");
            if (BlocksAttend[block] && channels % HeadCounts[block] != 0)
                throw reader.Refused("attention_head_dim", $"{HeadCounts[block]}", $"a divisor of the block's {channels} channels");
        }

        if (BlockChannels[0] % 2 != 0)
            throw reader.Refused("block_out_channels", $"{BlockChannels[0]}", "an even number for the first block, half sines and half cosines");
        if (FrequencyShift < 0 || FrequencyShift >= BlockChannels[0] / 2)
            throw reader.Refused("freq_shift", $"{FrequencyShift}", $"0 to {(BlockChannels[0] / 2) - 1}");
    }

    private static void RefuseOtherArchitectures(ConfigReader reader)
    {
        foreach (var key in (string[])["num_attention_heads", "class_embed_type", "addition_embed_type", "encoder_hid_dim", "encoder_hid_dim_type",
            "num_class_embeds", "time_cond_proj_dim", "timestep_post_act", "time_embedding_act_fn", "cross_attention_norm"])
        {
            reader.Absent(key);
        }

        foreach (var key in (string[])["only_cross_attention", "dual_cross_attention", "center_input_sample", "class_embeddings_concat", "resnet_skip_time_act"])
            reader.Only(key, supported: false);
        reader.Choice("act_fn", "silu", new Dictionary<string, bool> { ["silu"] = true, ["swish"] = true });
        reader.Choice("resnet_time_scale_shift", "default", new Dictionary<string, bool> { ["default"] = true });
        reader.Choice("time_embedding_type", "positional", new Dictionary<string, bool> { ["positional"] = true });
        reader.Choice("mid_block_type", "UNetMidBlock2DCrossAttn", new Dictionary<string, bool> { ["UNetMidBlock2DCrossAttn"] = true });
        reader.Exactly("downsample_padding", 1, "as Stable Diffusion has it");
        reader.Exactly("mid_block_scale_factor", 1, "as Stable Diffusion has it");
        reader.Exactly("conv_in_kernel", 3, "as Stable Diffusion has it");
        reader.Exactly("conv_out_kernel", 3, "as Stable Diffusion has it");
    }
}
