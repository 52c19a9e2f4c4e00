namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>The layouts in which checkpoints are published, and how a folder's layout follows from its networks.</summary>
public static class CheckpointLayout
{
    /// <summary>The layouts and the kinds that make them, the most particular first: VLM-IMI's folder may hold a T5, Diff-Plugin's a whole Stable Diffusion.</summary>
    private static readonly (string Name, string[] Kinds)[] Rules =
    [
        ("mgie", ["edit-head"]),
        ("diff-plugin", ["task-prompt-branch", "spatial-complement-branch", "plugin-selector"]),
        ("vlm-imi", ["ipfm"]),
        ("llava", ["llava", "llama"]),
        ("diffusers", ["unet", "vae", "controlnet", "darkdiff-unet", "darkdiff-context", "darkdiff-vae", "llmra"]),
        ("t5", ["t5-encoder"]),
        ("clip", ["clip-text", "clip-vision"]),
        ("restormer", ["restormer"]),
        ("metrics", ["alexnet", "vgg16", "lpips-heads", "fid-inception", "musiq"]),
    ];

    /// <summary>Gets the names of the layouts.</summary>
    public static IReadOnlyList<string> Names { get; } = ["diffusers", "clip", "t5", "llava", "vlm-imi", "diff-plugin", "mgie", "restormer", "metrics"];

    /// <summary>Finds the layout of networks that are together in a folder.</summary>
    /// <param name="kinds">Names of their kinds.</param>
    /// <returns>The layout, or null when there is no network.</returns>
    public static string? Of(IReadOnlyCollection<string> kinds) =>
        Rules.FirstOrDefault(rule => rule.Kinds.Any(kinds.Contains)).Name;
}
