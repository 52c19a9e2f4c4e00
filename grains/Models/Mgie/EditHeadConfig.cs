using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Mgie;

/// <summary>Sizes of MGIE's edit head.</summary>
/// <param name="LanguageWidth">Width of the language model's hidden states.</param>
/// <param name="Width">Width D of the head.</param>
/// <param name="OutputWidth">Width of the text features that the UNet takes.</param>
/// <param name="QueryCount">Number of text features.</param>
/// <param name="FeedForwardWidth">Width of the feed-forward layers.</param>
/// <param name="HeadCount">Attention heads; D is a multiple of it.</param>
/// <param name="EncoderLayerCount">Layers that read the hidden states.</param>
/// <param name="DecoderLayerCount">Layers that write the text features.</param>
public sealed record EditHeadConfig(
    int LanguageWidth,
    int Width,
    int OutputWidth,
    int QueryCount,
    int FeedForwardWidth,
    int HeadCount,
    int EncoderLayerCount,
    int DecoderLayerCount)
{
    /// <summary>Gets the published size.</summary>
    public static EditHeadConfig Published { get; } = new(4096, 512, 768, 77, 2048, 4, 4, 4);

    /// <summary>Reads the sizes; the published code has no file for them, so an absent key has the published size.</summary>
    /// <param name="json">An object with <c>llm_dim</c>, <c>hidden</c>, <c>out</c>, <c>queries</c>, <c>ffn</c>, <c>nhead</c>, <c>enc_layers</c> and <c>dec_layers</c>.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static EditHeadConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "MGIE edit head");
        var width = root.Size("hidden", Published.Width);
        var heads = root.Size("nhead", Published.HeadCount);
        if (width % heads != 0)
            throw root.Refused("nhead", $"{heads}", $"a divisor of hidden = {width}");
        return new EditHeadConfig(
            root.Size("llm_dim", Published.LanguageWidth),
            width,
            root.Size("out", Published.OutputWidth),
            root.Size("queries", Published.QueryCount),
            root.Size("ffn", Published.FeedForwardWidth),
            heads,
            root.Size("enc_layers", Published.EncoderLayerCount),
            root.Size("dec_layers", Published.DecoderLayerCount));
    }
}
