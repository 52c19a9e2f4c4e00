using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>Makes MGIE: LLaVA with the words and [IMG] tokens of <c>mllm.pt</c>, its edit head, and InstructPix2Pix with the paper's UNet.</summary>
internal sealed class MgieAssembly : IPipelineAssembly
{
    private const string HeadKind = "edit-head";
    private const string EmbeddingsKind = "edit-embeddings";
    private const string LanguageKind = "llama";
    private const string VisionKind = "clip-vision";
    private const string UNetKind = "unet";
    private const string VaeKind = "vae";
    private const string WordsName = "model.embed_tokens.weight";
    private const string ScoresName = "lm_head.weight";
    private const int MaxNewTokens = 96;
    private const int PictureTokens = 3;                                        // patch, start, end
    private const int TileSize = 768;
    private const int TileOverlap = 128;
    private const int OverviewSize = 512;

    /// <inheritdoc/>
    public string Pipeline => MgiePipeline.PipelineName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Needs { get; } = [LanguageKind, HeadKind, EmbeddingsKind, VisionKind, UNetKind, VaeKind];

    /// <inheritdoc/>
    public bool IsFor(CheckpointManifest manifest) => manifest.Components.Any(component => component.Kind == HeadKind);

    /// <inheritdoc/>
    public IRestorationPipeline Assemble(CheckpointParts parts)
    {
        var language = parts.Only(LanguageKind);
        var tokenizer = parts.ReadSentencePiece(language);
        foreach (var kind in (string[])[HeadKind, EmbeddingsKind, VisionKind, VaeKind])
            parts.Only(kind);
        var unet = FindUNet(parts);
        var scheduler = parts.ReadScheduler(SchedulerKind.EulerAncestral);

        using var embeddings = parts.LoadOnce<EditEmbeddings>(parts.Only(EmbeddingsKind));
        var model = MakeLanguage(parts, language, embeddings);
        var first = model.Config.VocabularySize - MgieTokens.ImageTokenCount;   // the added tokens are the last
        var tokens = new MgieTokens(first - PictureTokens, first - PictureTokens + 1, first - PictureTokens + 2, first);
        var networks = new MgieNetworks(
            parts.Load<ClipVisionModel>(VisionKind), model, parts.Load<EditHead>(HeadKind), embeddings.ImageTokens.detach().clone(),
            parts.Load<UNet2DCondition>(unet), parts.Load<AutoencoderKL>(VaeKind), tokens)
        {
            FeatureLayer = new ConfigReader(language.Config, "LLaVA").Index("mm_vision_select_layer", -2),
        };
        var prompt = new MgiePrompt(tokenizer, tokens, (int)networks.Vision.Config.PatchCount, model.Config.MaxTokens - MaxNewTokens);
        return new MgiePipeline(
            networks, prompt.Encode, prompt.Read, scheduler,
            new PipelineProfile(Pipeline, parts.Manifest.Name, parts.Hash, TileSize, TileOverlap, networks.Vae.Config.PixelsPerCell, OverviewSize), parts.Device)
        {
            MaxNewTokens = MaxNewTokens,
        };
    }

    // The paper publishes its UNet beside the edit head; InstructPix2Pix, whose VAE is taken, has one of its own.
    private static CheckpointComponent FindUNet(CheckpointParts parts)
    {
        var folder = FolderOf(parts.Only(HeadKind));
        return parts.Find(UNetKind).FirstOrDefault(component => FolderOf(component) == folder) ?? parts.Only(UNetKind);

        static string FolderOf(CheckpointComponent component) => Path.GetDirectoryName(component.Weights[0].Path) ?? string.Empty;
    }

    // LLaMA's layers, with more words than LLaMA has.
    private static LlamaForCausalLm MakeLanguage(CheckpointParts parts, CheckpointComponent language, EditEmbeddings embeddings)
    {
        var config = LlamaConfig.Parse(language.Config) with { VocabularySize = (int)embeddings.Tokens.shape[0] };
        if (config.VisionWidth == 0)
            throw new InvalidCheckpointException($"Checkpoint '{parts.Manifest.Name}', {language.Name}: it has no mm_hidden_size; MGIE needs a LLaVA with its projector.");
        return parts.Make(new LlamaForCausalLm(config), language, new Dictionary<string, Tensor> { [WordsName] = embeddings.Tokens, [ScoresName] = embeddings.Head });
    }
}
