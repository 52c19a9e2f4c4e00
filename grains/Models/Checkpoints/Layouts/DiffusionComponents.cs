using System.Text.Json;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.StableDiffusion;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Stable Diffusion's networks in diffusers' layout, and what Diff-Plugin and DarkDiff put beside them.</summary>
internal static class DiffusionComponents
{
    private const int HeadWidth2 = 64;   // Stable Diffusion 2: heads of 64 channels
    private const int HeadCount1 = 8;    // Stable Diffusion 1: eight heads

    public static ComponentKind UNet { get; } = new("unet", config => new UNet2DCondition(UNetConfig.Parse(config)))
    {
        Classes = ["UNet2DConditionModel"],
        IsIn = entries => entries.ContainsKey("time_embedding.linear_1.weight") && entries.ContainsKey("mid_block.attentions.0.norm.weight") && entries.ContainsKey("up_blocks.0.resnets.0.conv1.weight"),
        Infer = InferUNet,
    };

    public static ComponentKind Vae { get; } = new("vae", config => new AutoencoderKL(AutoencoderConfig.Parse(config)))
    {
        Classes = ["AutoencoderKL"],
        IsIn = entries => entries.ContainsKey("post_quant_conv.weight") && entries.ContainsKey("decoder.conv_in.weight"),
        Adapt = (_, files) => new LegacyVaeNames(files),
    };

    public static ComponentKind ControlNet { get; } = new("controlnet", config => new ControlNet(ControlNetConfig.Parse(config)))
    {
        Classes = ["ControlNetModel"],
        IsIn = entries => entries.ContainsKey("controlnet_cond_embedding.conv_in.weight"),
    };

    public static ComponentKind TaskPromptBranch { get; } = new("task-prompt-branch", config => new TaskPromptBranch(TaskPromptBranchConfig.Parse(config)))
    {
        IsIn = entries => entries.ContainsKey("visual_projection.0.weight"),
        Infer = entries =>
        {
            // A hidden layer is a linear map, a norm and an activation: the last map has the number 3 x layers.
            var layers = Enumerable.Range(1, 64).FirstOrDefault(count => !entries.ContainsKey($"visual_projection.{3 * count + 1}.weight"));
            return JsonSerializer.SerializeToElement(new Dictionary<string, long>
            {
                ["clip_v_dim"] = entries.Size("visual_projection.0.weight", 1),
                ["num_cross_proj_layers"] = layers,
                ["out"] = entries.Size($"visual_projection.{3 * layers}.weight", 0),
            });
        },
    };

    public static ComponentKind SpatialComplementBranch { get; } =
        new("spatial-complement-branch", config => new SpatialComplementBranch(DiffPlugin.SpatialComplementBranch.ParseConfig(config)))
        {
            IsIn = entries => entries.ContainsKey("controlnet_cond_embedding.weight"),
        };

    public static ComponentKind DarkDiffUNet { get; } = new("darkdiff-unet", config => RegionConditioning.CreateUNet(
        UNetConfig.Parse(config), new ConfigReader(config, "DarkDiff UNet").Sizes("region_sizes", 8, 8, 8))) { Classes = ["DarkDiffUNet"] };

    public static ComponentKind DarkDiffContext { get; } =
        new("darkdiff-context", config => new ContextProcessor(UNetConfig.Parse(config).Encoder)) { Classes = ["DarkDiffContextProcessor"] };

    public static ComponentKind DarkDiffVae { get; } =
        new("darkdiff-vae", config => new ResidualAutoencoder(AutoencoderConfig.Parse(config))) { Classes = ["DarkDiffResidualAutoencoder"] };

    /// <summary>MGIE publishes its UNet without a configuration; what shapes do not tell is as in the Stable Diffusion that it was made of.</summary>
    private static JsonElement InferUNet(IReadOnlyDictionary<string, TensorEntry> entries)
    {
        var blocks = entries.Count("down_blocks.{0}.resnets.0.conv1.weight");
        long[] channels = [.. Enumerable.Range(0, blocks).Select(block => entries.Size($"down_blocks.{block}.resnets.0.conv1.weight", 0))];
        bool[] attend = [.. Enumerable.Range(0, blocks).Select(block => entries.ContainsKey($"down_blocks.{block}.attentions.0.norm.weight"))];
        var isSecond = entries.TryGetValue("mid_block.attentions.0.proj_in.weight", out var enter) && enter.Shape.Count == 2;
        return JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["in_channels"] = entries.Size("conv_in.weight", 1),
            ["out_channels"] = entries.Size("conv_out.weight", 0),
            ["block_out_channels"] = channels,
            ["down_block_types"] = attend.Select(attends => attends ? "CrossAttnDownBlock2D" : "DownBlock2D"),
            ["up_block_types"] = attend.Reverse().Select(attends => attends ? "CrossAttnUpBlock2D" : "UpBlock2D"),
            ["layers_per_block"] = entries.Count("down_blocks.0.resnets.{0}.conv1.weight"),
            ["cross_attention_dim"] = entries.Size("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", 1),
            ["attention_head_dim"] = isSecond ? channels.Select(width => width / HeadWidth2).ToArray() : HeadCount1,
            ["use_linear_projection"] = isSecond,
        });
    }
}
