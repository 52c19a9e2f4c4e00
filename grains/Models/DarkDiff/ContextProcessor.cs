using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.DarkDiff;

/// <summary>A copy of the UNet's half that goes down, which makes features of the noisy picture for each region attention.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, sections 4 and 4.2. There is no official code. Ours holds the blocks that attend, each
/// with its ordinary attention to the (empty) text; the lowest block, whose features no one attends to, is left out, and so is
/// the downsampling in front of it. The timestep is the denoising network's.
/// </remarks>
public sealed class ContextProcessor : nn.Module
{
    private readonly UNetEncoderConfig config;

    [ComponentName(Name = "conv_in")]
    private readonly Conv2d enter;
    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding timeEmbedding;
    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<UNetDownBlock> downBlocks;

    /// <summary>Makes a processor without weights.</summary>
    /// <param name="unet">The denoising network's sizes.</param>
    public ContextProcessor(UNetEncoderConfig unet)
        : base(nameof(ContextProcessor))
    {
        var count = unet.BlocksAttend.TakeWhile(attends => attends).Count();
        if (count == 0 || unet.BlocksAttend.Skip(count).Contains(true))
            throw new ArgumentException($"The blocks that attend are [{string.Join(", ", unet.BlocksAttend)}]; a context processor needs them first and at least one.");
        config = unet with
        {
            BlockChannels = [.. unet.BlockChannels.Take(count)],
            BlocksAttend = [.. unet.BlocksAttend.Take(count)],
            HeadCounts = [.. unet.HeadCounts.Take(count)],
        };
        enter = new Conv2d(config.InputChannels, config.BlockChannels[0], 3, padding: 1);
        timeEmbedding = new TimestepEmbedding(config);
        downBlocks = UNetDownBlock.CreateAll(config);
        RegisterComponents();
    }

    /// <summary>Computes the features.</summary>
    /// <param name="latent">The noisy picture's latent as the UNet sees latents (or noise, without guidance), [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="text">Tokens of the empty prompt, [B, N, TextWidth].</param>
    /// <returns>The features of each block's layers, [B, C, H, W]; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">An input has the wrong shape.</exception>
    public IReadOnlyList<IReadOnlyList<Tensor>> Run(Tensor latent, Tensor timestep, Tensor text)
    {
        TensorShape.Require(latent, nameof(latent), TensorShape.Any, config.InputChannels, TensorShape.Any, TensorShape.Any);
        TensorShape.Require(text, nameof(text), latent.shape[0], TensorShape.Any, config.TextWidth);
        using var scope = NewDisposeScope();
        var time = timeEmbedding.Activated(timestep, latent.shape[0]);
        var hidden = enter.call(latent);                                        // [B, C, h, w]
        var features = new List<IReadOnlyList<Tensor>>();
        foreach (var block in downBlocks)
        {
            var outputs = block.Run(hidden, time, _ => text);
            hidden = outputs[^1];
            features.Add([.. outputs.Take(config.LayersPerBlock).Select(output => output.MoveToOuterDisposeScope())]);
        }

        return features;
    }
}
