using System.Text.RegularExpressions;
using Darkroom.Models.Clip;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>CLIP's two towers, alone or in one file.</summary>
internal static partial class ClipComponents
{
    private const string WholeClip = "CLIPModel";

    public static ComponentKind Text { get; } = new("clip-text", config => new ClipTextModel(ClipTextConfig.Parse(config)))
    {
        Classes = ["CLIPTextModel", "CLIPTextModelWithProjection", WholeClip],
        IsIn = entries => entries.ContainsKey("text_model.embeddings.token_embedding.weight"),
        Adapt = (className, files) => new KeyRules { Ignored = className == WholeClip ? NotText() : Positions() }.Apply(files),
    };

    public static ComponentKind Vision { get; } = new("clip-vision", config => new ClipVisionModel(ClipVisionConfig.Parse(config)))
    {
        Classes = ["CLIPVisionModel", "CLIPVisionModelWithProjection", WholeClip],
        IsIn = entries => entries.ContainsKey("vision_model.embeddings.patch_embedding.weight"),
        Adapt = (className, files) => new KeyRules { Ignored = className == WholeClip ? NotVision() : Positions() }.Apply(files),
    };

    // Older versions of the library saved the numbers 0, 1, 2... beside the weights.
    [GeneratedRegex(@"\.position_ids$")]
    private static partial Regex Positions();

    [GeneratedRegex(@"\.position_ids$|^vision_model\.|^visual_projection\.|^logit_scale$")]
    private static partial Regex NotText();

    [GeneratedRegex(@"\.position_ids$|^text_model\.|^text_projection\.|^logit_scale$")]
    private static partial Regex NotVision();
}
