using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Tokenizers;
using static TorchSharp.torch;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>Makes Diff-Plugin: Stable Diffusion 1.4, CLIP's vision tower, the paper's branches for as many tasks as there are, and its selector.</summary>
internal sealed class DiffPluginAssembly : IPipelineAssembly
{
    private const string PromptsKind = "task-prompt-branch";
    private const string ComplementsKind = "spatial-complement-branch";
    private const string SelectorKind = "plugin-selector";
    private const string VisionKind = "clip-vision";
    private const string TextKind = "clip-text";
    private const int TileSize = 1024;
    private const int TileOverlap = 128;

    // CLIP scales the short side to 224; twice that keeps what its filter looks at.
    private const int OverviewSize = 512;

    /// <inheritdoc/>
    public string Pipeline => DiffPluginPipeline.PipelineName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Needs { get; } = ["unet", "vae", VisionKind, PromptsKind, ComplementsKind];

    /// <inheritdoc/>
    public bool IsFor(CheckpointManifest manifest) => manifest.Components.Any(component => component.Kind == PromptsKind);

    /// <inheritdoc/>
    public IReadOnlyList<string> TasksOf(CheckpointManifest manifest)
    {
        var complements = manifest.Components.Where(component => component.Kind == ComplementsKind).Select(FolderOf).ToHashSet(StringComparer.Ordinal);
        return [.. manifest.Components.Where(component => component.Kind == PromptsKind).Select(FolderOf).Where(complements.Contains).Select(TaskOf)];
    }

    /// <inheritdoc/>
    public IRestorationPipeline Assemble(CheckpointParts parts)
    {
        // Everything small first: what is missing is told before gigabytes are read.
        var scheduler = parts.ReadScheduler(SchedulerKind.UniPc, DiffusersRules.Version017);
        foreach (var kind in (string[])["unet", "vae", VisionKind])
            parts.Only(kind);
        var pairs = Pair(parts);
        var chooser = MakeChooser(parts);
        var networks = new DiffPluginNetworks(
            parts.Load<ClipVisionModel>(VisionKind),
            parts.Load<UNet2DCondition>("unet"),
            parts.Load<AutoencoderKL>("vae"),
            TaskPlugin.Sort(pairs.Select(pair => new TaskPlugin(
                pair.Task, parts.Load<TaskPromptBranch>(pair.Prompts), parts.Load<SpatialComplementBranch>(pair.Complements)))));
        return new DiffPluginPipeline(
            networks, chooser, scheduler,
            new PipelineProfile(Pipeline, parts.Manifest.Name, parts.Hash, TileSize, TileOverlap, networks.Vae.Config.PixelsPerCell, OverviewSize),
            parts.Device);
    }

    /// <summary>The branches of each task lie in a folder that has the task's name.</summary>
    private static List<(string Task, CheckpointComponent Prompts, CheckpointComponent Complements)> Pair(CheckpointParts parts)
    {
        var complements = parts.Find(ComplementsKind).ToDictionary(component => FolderOf(component), StringComparer.Ordinal);
        var pairs = new List<(string, CheckpointComponent, CheckpointComponent)>();
        foreach (var prompts in parts.Find(PromptsKind))
        {
            var folder = FolderOf(prompts);
            if (!complements.Remove(folder, out var found))
                throw new InvalidCheckpointException($"Checkpoint '{parts.Manifest.Name}' has '{prompts.Name}' without a network of kind '{ComplementsKind}' in the same folder.");
            pairs.Add((TaskOf(folder), prompts, found));
        }

        return complements.Count == 0
            ? pairs
            : throw new InvalidCheckpointException($"Checkpoint '{parts.Manifest.Name}' has '{complements.First().Value.Name}' without a network of kind '{PromptsKind}' in the same folder.");
    }

    private static PluginChooser MakeChooser(CheckpointParts parts)
    {
        if (parts.Find(SelectorKind).Count == 0)
            return new PluginChooser(null, null);
        var component = FindText(parts);
        var tokenizer = parts.ReadClip(component);
        var encoder = parts.Load<ClipTextModel>(component);
        return new PluginChooser(parts.Load<PluginSelector>(SelectorKind), text => Embed(encoder, tokenizer, text, parts.Device)) { Encoder = encoder };
    }

    /// <summary>Both Stable Diffusion and CLIP may bring the text encoder; it is the same network.</summary>
    private static CheckpointComponent FindText(CheckpointParts parts) =>
        parts.Find(TextKind).FirstOrDefault(component => component.Name.EndsWith("text_encoder", StringComparison.Ordinal)) ?? parts.Only(TextKind);

    // The state of the end token, as the official demo's use_global_text takes it.
    private static Tensor Embed(ClipTextModel encoder, ClipTokenizer tokenizer, string text, Device device)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(tokenizer.EncodePadded(text), device: device).unsqueeze(0);   // [1, 77]
        return encoder.Pool(ids, encoder.call(ids)).unsqueeze(1).MoveToOuterDisposeScope();   // [1, 1, D]
    }

    private static string TaskOf(string folder) => folder[(folder.LastIndexOf('/') + 1)..].ToLowerInvariant();

    private static string FolderOf(CheckpointComponent component) => component.Name.LastIndexOf('/') is var slash and >= 0 ? component.Name[..slash] : string.Empty;
}
