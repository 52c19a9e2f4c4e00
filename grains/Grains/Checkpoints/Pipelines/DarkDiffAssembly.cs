using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>Makes DarkDiff: the residual VAE, the context processor and the UNet with region attention, and what the text encoder says of an empty prompt.</summary>
internal sealed class DarkDiffAssembly : IPipelineAssembly
{
    private const string UNetKind = "darkdiff-unet";
    private const string ContextKind = "darkdiff-context";
    private const string VaeKind = "darkdiff-vae";
    private const string TextKind = "clip-text";
    private const int PaddingId = 0;                                            // as Stable Diffusion 2 pads
    private const int LeastTileSize = 512;
    private const int OverviewSize = 64;                                        // the pipeline does not look at it

    /// <inheritdoc/>
    public string Pipeline => DarkDiffPipeline.PipelineName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Needs { get; } = [TextKind, UNetKind, ContextKind, VaeKind];

    /// <inheritdoc/>
    public bool IsFor(CheckpointManifest manifest) => manifest.Components.Any(component => component.Kind == UNetKind);

    /// <inheritdoc/>
    public IRestorationPipeline Assemble(CheckpointParts parts)
    {
        var text = parts.Only(TextKind);
        var unet = parts.Only(UNetKind);
        foreach (var kind in (string[])[ContextKind, VaeKind])
            parts.Only(kind);
        var scheduler = parts.ReadScheduler(SchedulerKind.Ddim);
        var regions = new ConfigReader(unet.Config, "DarkDiff UNet").Sizes("region_sizes");
        if (regions.Count == 0)
            throw new InvalidCheckpointException($"Checkpoint '{parts.Manifest.Name}', {unet.Name}: its configuration has no region_sizes, one for each down block that attends.");
        var networks = new DarkDiffNetworks(
            parts.Load<ResidualAutoencoder>(VaeKind), parts.Load<ContextProcessor>(ContextKind), parts.Load<UNet2DCondition>(unet), regions);
        var tileSize = (LeastTileSize + networks.SizeMultiple - 1) / networks.SizeMultiple * networks.SizeMultiple;
        return new DarkDiffPipeline(
            networks, EmptyPrompt(parts, text), scheduler,
            new PipelineProfile(Pipeline, parts.Manifest.Name, parts.Hash, tileSize, tileSize / 8, networks.SizeMultiple, OverviewSize), parts.Device);
    }

    // The prompt never changes, so the text encoder is not kept.
    private static Tensor EmptyPrompt(CheckpointParts parts, CheckpointComponent component)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var encoder = parts.LoadOnce<ClipTextModel>(component);
        var ids = tensor(parts.ReadClip(component).EncodePadded(string.Empty, PaddingId), device: parts.Device).unsqueeze(0);
        return encoder.call(ids).MoveToOuterDisposeScope();
    }
}
