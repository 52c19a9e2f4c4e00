using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Sizes of a UNet of Stable Diffusion.</summary>
/// <param name="Encoder">The half that goes down.</param>
/// <param name="OutputChannels">Channels of the prediction.</param>
/// <param name="UpBlocksAttend">Whether each block of the half that goes up has transformers, from the lowest resolution to full.</param>
public sealed record UNetConfig(UNetEncoderConfig Encoder, int OutputChannels, IReadOnlyList<bool> UpBlocksAttend)
{
    private static readonly string[] DefaultBlocks = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"];
    private static readonly Dictionary<string, bool> KnownBlocks = new() { ["CrossAttnUpBlock2D"] = true, ["UpBlock2D"] = false };

    /// <summary>Reads a <c>unet/config.json</c> of diffusers.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static UNetConfig Parse(JsonElement json)
    {
        var reader = new ConfigReader(json, "UNet");
        var encoder = UNetEncoderConfig.Parse(reader);
        var attend = reader.Choices("up_block_types", DefaultBlocks, KnownBlocks);
        if (attend.Count != encoder.BlockChannels.Count)
            throw reader.Refused("up_block_types", $"a list of {attend.Count}", $"one of {encoder.BlockChannels.Count}, as block_out_channels has");
        return new UNetConfig(encoder, reader.Size("out_channels", 4), attend);
    }
}
