using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Clip;

/// <summary>Sizes of a CLIP vision encoder.</summary>
/// <param name="Width">Width D of the hidden states.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layers.</param>
/// <param name="LayerCount">Number of layers.</param>
/// <param name="HeadCount">Attention heads; D is a multiple of it.</param>
/// <param name="Channels">Channels of the picture.</param>
/// <param name="ImageSide">Side of the picture (pixels).</param>
/// <param name="PatchSide">Side of a patch (pixels); what is left over at the right and bottom is not seen.</param>
/// <param name="Activation">Activation of the feed-forward layers.</param>
/// <param name="Epsilon">Added to the variance in the layer norms.</param>
/// <param name="ProjectionWidth">Width of the projected image embedding.</param>
/// <param name="HasProjection">Whether the checkpoint has the projection (<c>visual_projection</c>).</param>
public sealed record ClipVisionConfig(
    int Width,
    int FeedForwardWidth,
    int LayerCount,
    int HeadCount,
    int Channels,
    int ImageSide,
    int PatchSide,
    ClipActivation Activation,
    double Epsilon,
    int ProjectionWidth,
    bool HasProjection)
{
    /// <summary>Gets the number of patches of a picture.</summary>
    public long PatchCount => (long)(ImageSide / PatchSide) * (ImageSide / PatchSide);

    /// <summary>Reads a <c>config.json</c> of transformers: of a vision encoder alone, or of a whole CLIP or LLaVA (section <c>vision_config</c>).</summary>
    /// <param name="json">The file's root.</param>
    /// <returns>The sizes; <see cref="HasProjection"/> follows from <c>architectures</c>.</returns>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static ClipVisionConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "CLIP vision encoder");
        var vision = root.Section("vision_config") ?? root;
        var width = vision.Size("hidden_size", 768);
        var heads = vision.Size("num_attention_heads", 12);
        var imageSide = vision.Size("image_size", 224);
        var patchSide = vision.Size("patch_size", 32);
        if (width % heads != 0)
            throw vision.Refused("num_attention_heads", $"{heads}", $"a divisor of hidden_size = {width}");
        if (patchSide > imageSide)
            throw vision.Refused("patch_size", $"{patchSide}", $"at most image_size = {imageSide}");
        return new ClipVisionConfig(
            width,
            vision.Size("intermediate_size", 3072),
            vision.Size("num_hidden_layers", 12),
            heads,
            vision.Size("num_channels", 3),
            imageSide,
            patchSide,
            vision.Choice("hidden_act", "quick_gelu", ClipTextConfig.Activations),
            vision.Positive("layer_norm_eps", 1e-5),
            root.Size("projection_dim", vision.Size("projection_dim", 512)),
            root.ListsAny("architectures", "CLIPVisionModelWithProjection", "CLIPModel"));
    }
}
