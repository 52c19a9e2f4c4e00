using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Restormer;

namespace Darkroom.Models.Checkpoints.Nano;

/// <summary>Small random checkpoints in the layouts in which the official ones are published, for tests and for training from scratch.</summary>
/// <remarks>Where a paper publishes pickles there are safetensors of the same names instead; they need no conversion.</remarks>
public static class NanoCheckpoint
{
    private const string Diffusers = "diffusion_pytorch_model.safetensors";
    private const string Transformers = "model.safetensors";

    private static readonly Dictionary<string, Action<NanoFolder>> Writers = new(StringComparer.Ordinal)
    {
        ["vlm-imi"] = WriteVlmImi,
        ["diff-plugin"] = WriteDiffPlugin,
        ["mgie"] = WriteMgie,
        ["darkdiff"] = WriteDarkDiff,
        ["llmra"] = WriteLlmra,
        ["restormer"] = WriteRestormer,
        ["llava"] = WriteLlava,
    };

    /// <summary>Gets the pipelines that there is one for.</summary>
    public static IReadOnlyList<string> Pipelines { get; } = [.. Writers.Keys];

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="pipeline">One of <see cref="Pipelines"/>.</param>
    /// <param name="seed">Seed of the weights; the same seed gives the same bytes.</param>
    /// <param name="folder">An empty folder.</param>
    /// <exception cref="ArgumentException">There is no such pipeline.</exception>
    public static void Write(string pipeline, int seed, string folder)
    {
        if (!Writers.TryGetValue(pipeline, out var write))
            throw new ArgumentException($"There is no pipeline '{pipeline}'; there are {string.Join(", ", Pipelines)}.", nameof(pipeline));
        write(new NanoFolder(folder, seed));
    }

    /// <summary>Writes a VLM-IMI that is to be trained, see <see cref="SmallVlmImiConfigs"/>.</summary>
    /// <param name="seed">Seed of the weights; the same seed gives the same bytes.</param>
    /// <param name="folder">An empty folder.</param>
    public static void WriteSmallVlmImi(int seed, string folder) => WriteVlmImi(
        new NanoFolder(folder, seed), SmallVlmImiConfigs.ControlNet, SmallVlmImiConfigs.Ipfm, SmallVlmImiConfigs.UNet, SmallVlmImiConfigs.Vae, SmallVlmImiConfigs.Scheduler);

    private static void WriteVlmImi(NanoFolder folder) => WriteVlmImi(
        folder, NanoConfigs.ControlNet2, NanoConfigs.Ipfm, NanoConfigs.UNet2(), NanoConfigs.Vae, NanoConfigs.Scheduler("DDIMScheduler", "v_prediction"));

    private static void WriteVlmImi(NanoFolder folder, string controlNet, string ipfm, string unet, string vae, string scheduler)
    {
        const string root = "stable-diffusion-2-1";
        folder.Write("controlnet", "controlnet", Diffusers, controlNet);
        folder.Write("ipfms", "ipfm", "pytorch_model.safetensors", ipfm);
        folder.WriteText($"{root}/model_index.json", NanoConfigs.ModelIndex("DDIMScheduler", hasText: false));
        folder.WriteText($"{root}/scheduler/scheduler_config.json", scheduler);
        folder.Write($"{root}/unet", "unet", Diffusers, unet);
        folder.Write($"{root}/vae", "vae", Diffusers, vae);
        folder.Write("flan-t5-large", "t5-encoder", Transformers, NanoConfigs.T5);
        NanoTokenizers.WriteT5(folder, "flan-t5-large");
    }

    private static void WriteDiffPlugin(NanoFolder folder)
    {
        foreach (var task in TaskPlugin.Published)
        {
            folder.WriteWeights($"{task}/tpb.safetensors", ("task-prompt-branch", NanoFolder.Parse(NanoConfigs.TaskPromptBranch)));
            folder.Write($"{task}/scb", "spatial-complement-branch", Diffusers, NanoConfigs.SpatialComplementBranch);
        }

        folder.WriteWeights("PromptTunner.safetensors", ("plugin-selector", NanoFolder.Parse(NanoConfigs.PluginSelector)));
        WriteStableDiffusion1(folder, "stable-diffusion-v1-4", "PNDMScheduler", latentChannels: 4);
        folder.Write("clip-vit-large-patch14", "clip-vision", Transformers, NanoConfigs.ClipVision);
    }

    private static void WriteMgie(NanoFolder folder)
    {
        folder.WriteWeights(
            "mgie_7b/mllm.safetensors",
            ("edit-embeddings", NanoFolder.Parse(NanoConfigs.EditEmbeddings)), ("edit-head", NanoFolder.Parse(NanoConfigs.EditHead)));
        folder.WriteWeights("mgie_7b/unet.safetensors", ("unet", NanoFolder.Parse(NanoConfigs.UNet1(8))));
        folder.Write("LLaVA-7B-v1", "llama", Transformers, NanoConfigs.Llama);
        NanoTokenizers.WriteLlama(folder, "LLaVA-7B-v1");
        folder.Write("clip-vit-large-patch14", "clip-vision", Transformers, NanoConfigs.ClipVision);
        WriteStableDiffusion1(folder, "instruct-pix2pix", "EulerAncestralDiscreteScheduler", latentChannels: 8);
    }

    private static void WriteDarkDiff(NanoFolder folder)
    {
        folder.Write("unet", "darkdiff-unet", Diffusers, NanoConfigs.DarkDiffUNet);
        folder.Write("context", "darkdiff-context", Diffusers, NanoConfigs.UNet2("DarkDiffContextProcessor"));
        folder.Write("vae", "darkdiff-vae", Diffusers, NanoConfigs.DarkDiffVae);
        folder.Write("text_encoder", "clip-text", Transformers, NanoConfigs.ClipText("gelu"));
        NanoTokenizers.WriteClip(folder, "tokenizer", "!");
        folder.WriteText("scheduler/scheduler_config.json", NanoConfigs.Scheduler("DDIMScheduler", "epsilon"));
    }

    private static void WriteLlmra(NanoFolder folder)
    {
        folder.Write("restorer", "llmra", Diffusers, NanoConfigs.Llmra);
        folder.Write("text_encoder", "clip-text", Transformers, NanoConfigs.ClipText("quick_gelu"));
        NanoTokenizers.WriteClip(folder, "tokenizer", "<|endoftext|>");
    }

    private static void WriteStableDiffusion1(NanoFolder folder, string root, string scheduler, int latentChannels)
    {
        folder.WriteText($"{root}/model_index.json", NanoConfigs.ModelIndex(scheduler, hasText: true));
        folder.WriteText($"{root}/scheduler/scheduler_config.json", NanoConfigs.Scheduler(scheduler, "epsilon"));
        folder.Write($"{root}/unet", "unet", Diffusers, NanoConfigs.UNet1(latentChannels));
        folder.Write($"{root}/vae", "vae", Diffusers, NanoConfigs.Vae);
        folder.Write($"{root}/text_encoder", "clip-text", Transformers, NanoConfigs.ClipText("quick_gelu"));
        NanoTokenizers.WriteClip(folder, $"{root}/tokenizer", "<|endoftext|>");
    }

    private static void WriteLlava(NanoFolder folder)
    {
        folder.Write("llava-1.5-7b-hf", "llava", Transformers, NanoConfigs.Llava);
        NanoTokenizers.WriteLlama(folder, "llava-1.5-7b-hf");
    }

    private static void WriteRestormer(NanoFolder folder) => folder.WriteWeights(
        "restormer.safetensors", ("restormer", RestormerComponent.Write(new RestormerConfig(8, [1, 1, 1, 2], 1, [1, 2, 4, 8]))));
}
