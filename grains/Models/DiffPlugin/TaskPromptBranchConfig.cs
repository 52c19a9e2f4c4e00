using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.DiffPlugin;

/// <summary>Sizes of Diff-Plugin's task-prompt branch.</summary>
/// <param name="VisionWidth">Width of CLIP's vision tokens.</param>
/// <param name="HiddenLayerCount">Hidden layers, of the vision tokens' width.</param>
/// <param name="TextWidth">Width of the tokens that the UNet attends to.</param>
public sealed record TaskPromptBranchConfig(int VisionWidth, int HiddenLayerCount, int TextWidth)
{
    /// <summary>Gets the published size: CLIP ViT-L/14 for Stable Diffusion 1.4. Its file has no configuration.</summary>
    public static TaskPromptBranchConfig Published { get; } = new(1024, 2, 768);

    /// <summary>Reads settings by the names of the official code's arguments; absent ones are the published.</summary>
    /// <param name="json">An object.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static TaskPromptBranchConfig Parse(JsonElement json)
    {
        var reader = new ConfigReader(json, "task-prompt branch");
        return new TaskPromptBranchConfig(
            reader.Size("clip_v_dim", Published.VisionWidth), reader.Size("num_cross_proj_layers", Published.HiddenLayerCount), reader.Size("out", Published.TextWidth));
    }
}
