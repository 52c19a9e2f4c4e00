using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.T5;

/// <summary>The feed-forward layer of a T5.</summary>
public enum T5FeedForwardKind
{
    /// <summary>T5 1.0: wo(relu(wi x)).</summary>
    Relu,

    /// <summary>T5 1.1 and Flan-T5: wo(gelu(wi_0 x) * wi_1 x), with GELU's tanh approximation.</summary>
    GatedGelu,
}

/// <summary>Sizes of a T5 encoder.</summary>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="Width">Width D of the hidden states.</param>
/// <param name="HeadWidth">Width of one head; the heads together need not be D wide.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layers.</param>
/// <param name="LayerCount">Number of layers.</param>
/// <param name="HeadCount">Attention heads.</param>
/// <param name="BucketCount">Buckets of relative positions, half of them for either direction.</param>
/// <param name="MaxDistance">Distance (tokens) from which all positions share the last bucket.</param>
/// <param name="FeedForward">Kind of the feed-forward layers.</param>
/// <param name="Epsilon">Added to the mean of the squares in the norms.</param>
public sealed record T5EncoderConfig(
    int VocabularySize,
    int Width,
    int HeadWidth,
    int FeedForwardWidth,
    int LayerCount,
    int HeadCount,
    int BucketCount,
    int MaxDistance,
    T5FeedForwardKind FeedForward,
    double Epsilon)
{
    private static readonly Dictionary<string, T5FeedForwardKind> Kinds = new()
    {
        ["relu"] = T5FeedForwardKind.Relu,
        ["gated-gelu"] = T5FeedForwardKind.GatedGelu,
    };

    /// <summary>Reads a <c>config.json</c> of transformers, of the encoder or of the whole T5.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static T5EncoderConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "T5 encoder");
        var buckets = root.Size("relative_attention_num_buckets", 32);
        var distance = root.Size("relative_attention_max_distance", 128);
        if (buckets < 4 || buckets % 4 != 0)
            throw root.Refused("relative_attention_num_buckets", $"{buckets}", "a multiple of 4");
        if (distance <= buckets / 4)
            throw root.Refused("relative_attention_max_distance", $"{distance}", $"more than a quarter of relative_attention_num_buckets = {buckets}");
        return new T5EncoderConfig(
            root.Size("vocab_size", 32128),
            root.Size("d_model", 512),
            root.Size("d_kv", 64),
            root.Size("d_ff", 2048),
            root.Size("num_layers", 6),
            root.Size("num_heads", 8),
            buckets,
            distance,
            root.Choice("feed_forward_proj", "relu", Kinds),
            root.Positive("layer_norm_epsilon", 1e-6));
    }
}
