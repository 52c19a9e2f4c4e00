using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.VlmImi;

/// <summary>Sizes of VLM-IMI's instruction prior fusion module.</summary>
/// <param name="TimeChannels">Sines and cosines of the timestep, even.</param>
/// <param name="TimeWidth">Width of the timestep's embedding.</param>
/// <param name="Width">Width D of the latent queries and so of the UNet's text features.</param>
/// <param name="LayerCount">Number of blocks.</param>
/// <param name="HeadCount">Attention heads; D is a multiple of it.</param>
/// <param name="QueryCount">Number of latent queries.</param>
/// <param name="TextWidth">Width of the text encoder's states.</param>
public sealed record IpfmConfig(int TimeChannels, int TimeWidth, int Width, int LayerCount, int HeadCount, int QueryCount, int TextWidth)
{
    /// <summary>Gets the published size.</summary>
    public static IpfmConfig Published { get; } = new(320, 1024, 1024, 6, 8, 64, 1024);

    /// <summary>Reads a <c>config.json</c> as the official code writes it (section <c>model</c>), or that section.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static IpfmConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "VLM-IMI IPFM");
        var model = root.Section("model") ?? root;
        var width = model.Size("embedding_dim", Published.Width);
        var heads = model.Size("heads", Published.HeadCount);
        var channels = model.Size("time_channel", Published.TimeChannels);
        if (width % heads != 0)
            throw model.Refused("heads", $"{heads}", $"a divisor of embedding_dim = {width}");
        if (channels % 2 != 0)
            throw model.Refused("time_channel", $"{channels}", "an even number");
        return new IpfmConfig(
            channels,
            model.Size("time_embed_dim", Published.TimeWidth),
            width,
            model.Size("layers", Published.LayerCount),
            heads,
            model.Size("num_latents", Published.QueryCount),
            model.Size("input_dim", Published.TextWidth));
    }
}
