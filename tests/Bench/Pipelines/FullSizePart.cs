using System.Text.Json.Nodes;
using Darkroom.Models.DiffPlugin;

namespace Darkroom.Bench.Pipelines;

/// <summary>A network of a full-size checkpoint: what it is in the nano checkpoint of its pipeline, and whose size it gets.</summary>
/// <param name="File">Its weights in the nano checkpoint, with slashes; its configuration is beside them if it has one.</param>
/// <param name="Kind">Name of its kind.</param>
/// <param name="Manifest">The key manifest that has its size, or null: then the configuration alone has it.</param>
internal sealed record FullSizePart(string File, string Kind, string? Manifest)
{
    /// <summary>Gets the manifest whose configuration it has, where it has no manifest of names: a network that a paper made of another one.</summary>
    public string? SizedAs { get; init; }

    /// <summary>Gets settings that replace those of the nano configuration and of the manifest.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>Gets the object of the configuration that has the settings, or null where it is the whole.</summary>
    public string? Section { get; init; }
}

/// <summary>A pipeline at the size of its published weights.</summary>
/// <param name="Pipeline">The nano checkpoint that it is made of.</param>
/// <param name="Parts">What gets full size; what is not named stays as it is.</param>
/// <param name="Note">What one must know to read the figures.</param>
internal sealed record FullSizePlan(string Pipeline, IReadOnlyList<FullSizePart> Parts, string Note)
{
    private const string LlmraName = "llmra";
    private const string Diffusers = "diffusion_pytorch_model.safetensors";
    private const string Transformers = "model.safetensors";

    private static readonly string[] Tasks = [.. TaskPlugin.Published];

    private static IReadOnlyDictionary<string, FullSizePlan> All { get; } = new Dictionary<string, FullSizePlan>
    {
        ["vlm-imi"] = new(
            "vlm-imi",
            [
                new($"stable-diffusion-2-1/unet/{Diffusers}", "unet", "sd21_unet"),
                new($"stable-diffusion-2-1/vae/{Diffusers}", "vae", "sd_vae"),
                new($"controlnet/{Diffusers}", "controlnet", "sd21_controlnet"),
                new("ipfms/pytorch_model.safetensors", "ipfm", "vlm_imi_ipfms") { Section = "model" },
                new($"flan-t5-large/{Transformers}", "t5-encoder", "flan_t5_large_encoder"),
            ],
            "SD2.1, ControlNet, IPFM and Flan-T5-large"),
        ["diff-plugin"] = new(
            "diff-plugin",
            [
                new($"stable-diffusion-v1-4/unet/{Diffusers}", "unet", "sd15_unet"),
                new($"stable-diffusion-v1-4/vae/{Diffusers}", "vae", "sd_vae"),
                new($"stable-diffusion-v1-4/text_encoder/{Transformers}", "clip-text", "sd15_clip_text"),
                new($"clip-vit-large-patch14/{Transformers}", "clip-vision", "clip_vitl14_vision"),
                new("PromptTunner.safetensors", "plugin-selector", "diff_plugin_selector"),
                .. Tasks.Select(task => new FullSizePart($"{task}/tpb.safetensors", "task-prompt-branch", "diff_plugin_tpb")),
                .. Tasks.Select(task => new FullSizePart($"{task}/scb/{Diffusers}", "spatial-complement-branch", "diff_plugin_scb")),
            ],
            $"SD1.5, CLIP ViT-L/14, selector and the branches of {Tasks.Length} tasks"),
        ["darkdiff"] = new(
            "darkdiff",
            [
                new($"unet/{Diffusers}", "darkdiff-unet", null) { SizedAs = "sd21_unet", Settings = new JsonObject { ["region_sizes"] = new JsonArray(8, 8, 8) } },
                new($"context/{Diffusers}", "darkdiff-context", null) { SizedAs = "sd21_unet" },
                new($"vae/{Diffusers}", "darkdiff-vae", null) { SizedAs = "sd_vae" },
                new($"text_encoder/{Transformers}", "clip-text", "sd21_clip_text"),
            ],
            "SD2.1 with region attention, context processor and residual VAE; a step has the two passes of guidance"),
        ["mgie"] = new(
            "mgie",
            [
                new("mgie_7b/unet.safetensors", "unet", "ip2p_unet"),
                new("instruct-pix2pix/vae/" + Diffusers, "vae", "sd_vae"),
                new("mgie_7b/mllm.safetensors", "edit-head", null)
                {
                    Settings = new JsonObject { ["llm_dim"] = 32, ["hidden"] = 512, ["out"] = 768, ["queries"] = 77, ["ffn"] = 2048, ["nhead"] = 4, ["enc_layers"] = 4, ["dec_layers"] = 4 },
                },
            ],
            "InstructPix2Pix's UNet, VAE and the edit head; LLaVA-7B, which alone takes 25 GiB, is the nano one; a step has the three passes of dual guidance"),
        ["llava"] = new("llava", [new($"llava-1.5-7b-hf/{Transformers}", "llava", "llava15_7b_hf")], "LLaVA 1.5 7B"),
    };

    /// <summary>Gets the names of what can be measured.</summary>
    public static IReadOnlyList<string> Names { get; } = [LlmraName, .. All.Keys];

    /// <summary>Makes the checkpoint of a name.</summary>
    public static IFullSizeCheckpoint Make(string name) => name == LlmraName ? new FullSizeLlmra() : new FullSizeCheckpoint(All[name]);
}
