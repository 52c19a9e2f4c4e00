using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Llama;

/// <summary>Sizes of a LLaMA language model.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Width">Width D of the hidden states.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layers.</param>
/// <param name="LayerCount">Number of layers.</param>
/// <param name="HeadCount">Attention heads; D is a multiple of twice as many.</param>
/// <param name="MaxTokens">Longest sequence (tokens).</param>
/// <param name="Epsilon">Added to the mean of the squares in the norms.</param>
/// <param name="RotaryBase">Base of the rotary embedding's wavelengths.</param>
/// <param name="BeginId">The token that begins a sequence.</param>
/// <param name="EndId">The token that ends one.</param>
/// <param name="VisionWidth">Width of the picture features that <c>model.mm_projector</c> takes, as in LLaVA's own layout; 0 without it.</param>
public sealed record LlamaConfig(
    int VocabularySize,
    int Width,
    int FeedForwardWidth,
    int LayerCount,
    int HeadCount,
    int MaxTokens,
    double Epsilon,
    double RotaryBase,
    int BeginId,
    int EndId,
    int VisionWidth = 0)
{
    /// <summary>Reads a <c>config.json</c> of a LLaMA, of a LLaVA in its own layout (<c>mm_hidden_size</c>) or in transformers' (section <c>text_config</c>).</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static LlamaConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "LLaMA language model");
        var text = root.Section("text_config") ?? root;
        var width = text.Size("hidden_size", 4096);
        var heads = text.Size("num_attention_heads", 32);
        if (width % (2 * heads) != 0)
            throw text.Refused("num_attention_heads", $"{heads}", $"a divisor of half of hidden_size = {width}");
        text.Choice("hidden_act", "silu", new Dictionary<string, bool> { ["silu"] = true });
        text.Exactly("num_key_value_heads", heads, "as many as num_attention_heads");
        text.Exactly("head_dim", width / heads, "hidden_size / num_attention_heads");
        text.Absent("rope_scaling");
        text.Only("attention_bias", false);
        text.Only("mlp_bias", false);
        text.Only("tie_word_embeddings", false);
        return new LlamaConfig(
            text.Size("vocab_size", 32000),
            width,
            text.Size("intermediate_size", 11008),
            text.Size("num_hidden_layers", 32),
            heads,
            text.Size("max_position_embeddings", 2048),
            text.Positive("rms_norm_eps", 1e-6),
            text.Positive("rope_theta", 10000),
            text.Index("bos_token_id", 1),
            text.Index("eos_token_id", 2),
            root.Has("mm_hidden_size") ? root.Size("mm_hidden_size", 0) : 0);
    }
}
