using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;

namespace Darkroom.Models.Llama;

/// <summary>Sizes of a LLaVA in transformers' layout.</summary>
/// <param name="Vision">The vision encoder.</param>
/// <param name="Language">The language model.</param>
/// <param name="ImageTokenId">The token in whose places a picture's features go.</param>
/// <param name="FeatureLayer">The vision encoder's hidden state that is taken; negative counts from the end.</param>
/// <param name="KeepsClassToken">Whether the class token is taken too.</param>
public sealed record LlavaConfig(ClipVisionConfig Vision, LlamaConfig Language, int ImageTokenId, int FeatureLayer, bool KeepsClassToken)
{
    /// <summary>Reads a <c>config.json</c> of transformers' <c>LlavaForConditionalGeneration</c>.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static LlavaConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "LLaVA");
        root.Choice("projector_hidden_act", "gelu", new Dictionary<string, bool> { ["gelu"] = true });
        root.Only("multimodal_projector_bias", true);
        foreach (var section in new[] { "vision_config", "text_config" })
        {
            if (!root.Has(section))
                throw root.Refused(section, "null", "an object");
        }

        return new LlavaConfig(
            ClipVisionConfig.Parse(json),
            LlamaConfig.Parse(json),
            root.Index("image_token_index", 32000),
            root.Index("vision_feature_layer", -2),
            root.Choice("vision_feature_select_strategy", "default", new Dictionary<string, bool> { ["default"] = false, ["full"] = true }));
    }
}
