using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Sizes of a ControlNet.</summary>
/// <param name="Encoder">The half of a UNet that it copies.</param>
/// <param name="ImageChannels">Channels of the picture that steers.</param>
/// <param name="ImageBlockChannels">Channels of the layers that bring the picture to the latent's resolution; each but the first halves it.</param>
public sealed record ControlNetConfig(UNetEncoderConfig Encoder, int ImageChannels, IReadOnlyList<int> ImageBlockChannels)
{
    /// <summary>Gets how many pixels of the picture a cell of the latent has on each side.</summary>
    public int PixelsPerCell => 1 << (ImageBlockChannels.Count - 1);

    /// <summary>Reads a <c>controlnet/config.json</c> of diffusers.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static ControlNetConfig Parse(JsonElement json)
    {
        var reader = new ConfigReader(json, "ControlNet");
        reader.Only("global_pool_conditions", supported: false);
        reader.Choice("controlnet_conditioning_channel_order", "rgb", new Dictionary<string, bool> { ["rgb"] = true });
        return new ControlNetConfig(
            UNetEncoderConfig.Parse(reader), reader.Size("conditioning_channels", 3), reader.Sizes("conditioning_embedding_out_channels", 16, 32, 96, 256));
    }
}
