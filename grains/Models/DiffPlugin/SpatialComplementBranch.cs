using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.DiffPlugin;

/// <summary>SCB: gives residuals for the UNet's first skip connections, which bring the picture's details.</summary>
/// <remarks>
/// Liu et al. 2024, arXiv:2403.00644, section 3.2; names as in the official <c>SCB.py</c>. It sees the picture's latent
/// (0.18215 times the VAE's mean) and, unlike a ControlNet, not the noisy one; there is no middle block. The published branch is
/// one block, so that nine of the UNet's twelve skips get nothing.
/// </remarks>
public sealed class SpatialComplementBranch : nn.Module
{
    private readonly UNetEncoderConfig config;

    [ComponentName(Name = "controlnet_cond_embedding")]
    private readonly Conv2d enter;
    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding timeEmbedding;
    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<UNetDownBlock> downBlocks;
    [ComponentName(Name = "controlnet_down_blocks")]
    private readonly ModuleList<Conv2d> skipProjections;

    /// <summary>Makes a branch without weights.</summary>
    /// <param name="config">Its blocks.</param>
    public SpatialComplementBranch(UNetEncoderConfig config)
        : base(nameof(SpatialComplementBranch))
    {
        this.config = config;
        enter = new Conv2d(config.InputChannels, config.BlockChannels[0], 3, padding: 1);
        timeEmbedding = new TimestepEmbedding(config);
        downBlocks = UNetDownBlock.CreateAll(config);
        skipProjections = new ModuleList<Conv2d>([.. config.SkipChannels.Select(width => new Conv2d(width, width, 1))]);
        RegisterComponents();
    }

    /// <summary>Reads the <c>config.json</c> of an official checkpoint.</summary>
    /// <param name="json">The file's root.</param>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static UNetEncoderConfig ParseConfig(JsonElement json) => UNetEncoderConfig.Parse(new ConfigReader(json, "spatial complement branch"));

    /// <summary>Computes what is added to the UNet's skip connections.</summary>
    /// <param name="latent">The picture's latent as the UNet sees latents, [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="taskPrompt">What <see cref="TaskPromptBranch"/> gave, [B, N, TextWidth].</param>
    /// <returns>The residuals; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">An input has the wrong shape.</exception>
    public UNetResiduals Run(Tensor latent, Tensor timestep, Tensor taskPrompt)
    {
        TensorShape.Require(latent, nameof(latent), TensorShape.Any, config.InputChannels, TensorShape.Any, TensorShape.Any);
        TensorShape.Require(taskPrompt, nameof(taskPrompt), latent.shape[0], TensorShape.Any, config.TextWidth);
        using var scope = NewDisposeScope();
        var time = timeEmbedding.Activated(timestep, latent.shape[0]);
        var outputs = new List<Tensor> { enter.call(latent) };                  // [B, C, h, w]
        foreach (var block in downBlocks)
            outputs.AddRange(block.Run(outputs[^1], time, _ => taskPrompt));
        return new UNetResiduals([.. outputs.Select((output, index) => skipProjections[index].call(output).MoveToOuterDisposeScope())]);
    }
}
