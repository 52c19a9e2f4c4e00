using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Clip;

/// <summary>The activation of CLIP's feed-forward layers.</summary>
public enum ClipActivation
{
    /// <summary>x * sigmoid(1.702 x), as OpenAI trained.</summary>
    QuickGelu,

    /// <summary>The exact GELU, as OpenCLIP trained.</summary>
    Gelu,
}

/// <summary>Sizes of a CLIP text encoder.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Width">Width D of the hidden states.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layers.</param>
/// <param name="LayerCount">Number of layers.</param>
/// <param name="HeadCount">Attention heads; D is a multiple of it.</param>
/// <param name="MaxTokens">Longest input (tokens).</param>
/// <param name="Activation">Activation of the feed-forward layers.</param>
/// <param name="Epsilon">Added to the variance in the layer norms.</param>
/// <param name="ProjectionWidth">Width of the projected text embedding.</param>
/// <param name="HasProjection">Whether the checkpoint has the projection (<c>text_projection</c>).</param>
public sealed record ClipTextConfig(
    int VocabularySize,
    int Width,
    int FeedForwardWidth,
    int LayerCount,
    int HeadCount,
    int MaxTokens,
    ClipActivation Activation,
    double Epsilon,
    int ProjectionWidth,
    bool HasProjection)
{
    internal static readonly Dictionary<string, ClipActivation> Activations = new()
    {
        ["quick_gelu"] = ClipActivation.QuickGelu,
        ["gelu"] = ClipActivation.Gelu,
    };

    /// <summary>Reads a <c>config.json</c> of transformers: of a text encoder alone, or of a whole CLIP (section <c>text_config</c>).</summary>
    /// <param name="json">The file's root.</param>
    /// <returns>The sizes; <see cref="HasProjection"/> follows from <c>architectures</c>.</returns>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static ClipTextConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "CLIP text encoder");
        var text = root.Section("text_config") ?? root;
        var width = text.Size("hidden_size", 512);
        var heads = text.Size("num_attention_heads", 8);
        if (width % heads != 0)
            throw text.Refused("num_attention_heads", $"{heads}", $"a divisor of hidden_size = {width}");
        return new ClipTextConfig(
            text.Size("vocab_size", 49408),
            width,
            text.Size("intermediate_size", 2048),
            text.Size("num_hidden_layers", 12),
            heads,
            text.Size("max_position_embeddings", 77),
            text.Choice("hidden_act", "quick_gelu", Activations),
            text.Positive("layer_norm_eps", 1e-5),
            root.Size("projection_dim", text.Size("projection_dim", 512)),
            root.ListsAny("architectures", "CLIPTextModelWithProjection", "CLIPModel"));
    }
}
