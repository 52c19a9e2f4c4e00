using Darkroom.Models.Llmra;
using Darkroom.Models.Pipelines;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.T5;
using Darkroom.Models.VlmImi;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>Makes VLM-IMI: Stable Diffusion 2.1, Flan-T5, and the paper's ControlNet and IPFM.</summary>
internal sealed class VlmImiAssembly : IPipelineAssembly
{
    private const string IpfmKind = "ipfm";
    private const int TileSize = 1024;
    private const int TileOverlap = 128;

    /// <inheritdoc/>
    public string Pipeline => VlmImiPipeline.PipelineName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Needs { get; } = ["t5-encoder", "unet", "vae", "controlnet", IpfmKind];

    /// <inheritdoc/>
    public bool IsFor(CheckpointManifest manifest) => manifest.Components.Any(component => component.Kind == IpfmKind);

    /// <inheritdoc/>
    public IRestorationPipeline Assemble(CheckpointParts parts)
    {
        // Everything small first: what is missing is told before gigabytes are read.
        var text = parts.Only("t5-encoder");
        var tokenizer = parts.ReadSentencePiece(text);
        foreach (var kind in Needs)
            parts.Only(kind);
        var networks = new VlmImiNetworks(
            parts.Load<T5Encoder>(text),
            parts.Load<InstructionPriorFusionModule>(IpfmKind),
            parts.Load<UNet2DCondition>("unet"),
            parts.Load<ControlNet>("controlnet"),
            parts.Load<AutoencoderKL>("vae"));
        return new VlmImiPipeline(
            networks,
            words => tokenizer.EncodePadded(words, VlmImiPipeline.TextTokens),
            kind => parts.ReadScheduler(kind),
            new PipelineProfile(
                Pipeline, parts.Manifest.Name, parts.Hash, TileSize, TileOverlap, networks.Vae.Config.PixelsPerCell, CompactLlmraCheckpoint.OverviewSize),
            parts.Device);
    }
}
