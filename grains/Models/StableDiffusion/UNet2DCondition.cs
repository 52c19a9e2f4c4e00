using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;

namespace Darkroom.Models.StableDiffusion;

/// <summary>The denoising UNet of Stable Diffusion 1 and 2, and (with 8 input channels) of InstructPix2Pix.</summary>
/// <remarks>
/// Rombach et al. 2022, arXiv:2112.10752; Brooks et al. 2022, arXiv:2211.09800; names as in diffusers'
/// <c>UNet2DConditionModel</c>. Latents may have any size: what comes up takes the size of the skip that it meets.
/// </remarks>
public sealed class UNet2DCondition : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "conv_in")]
    private readonly Conv2d enter;
    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding timeEmbedding;
    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<UNetDownBlock> downBlocks;
    [ComponentName(Name = "mid_block")]
    private readonly UNetMidBlock middle;
    [ComponentName(Name = "up_blocks")]
    private readonly ModuleList<UNetUpBlock> upBlocks;
    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNorm lastNorm;
    [ComponentName(Name = "conv_out")]
    private readonly Conv2d leave;

    /// <summary>Makes a network without weights.</summary>
    public UNet2DCondition(UNetConfig config)
        : this(config, conditionAttention: null)
    {
    }

    /// <summary>Makes a network whose down blocks attend to something else than text.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="conditionAttention">Makes the attention of a down block, given its index.</param>
    internal UNet2DCondition(UNetConfig config, Func<int, ConditionAttention>? conditionAttention)
        : base(nameof(UNet2DCondition))
    {
        Config = config;
        var encoder = config.Encoder;
        enter = new Conv2d(encoder.InputChannels, encoder.BlockChannels[0], 3, padding: 1);
        timeEmbedding = new TimestepEmbedding(encoder);
        downBlocks = UNetDownBlock.CreateAll(encoder, conditionAttention);
        middle = new UNetMidBlock(encoder);
        upBlocks = new ModuleList<UNetUpBlock>([.. Enumerable.Range(0, encoder.BlockChannels.Count).Select(block => new UNetUpBlock(config, block))]);
        lastNorm = new GroupNorm(encoder.NormGroups, encoder.BlockChannels[0], encoder.NormEpsilon);
        leave = new Conv2d(encoder.BlockChannels[0], config.OutputChannels, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public UNetConfig Config { get; }

    /// <param name="sample">Noisy latent, [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="text">Conditioning tokens, [B, N, TextWidth].</param>
    /// <returns>The prediction (noise or v, as the checkpoint was trained), [B, OutputChannels, h, w]; the caller disposes it.</returns>
    public override Tensor forward(Tensor sample, Tensor timestep, Tensor text) => Predict(sample, timestep, text, residuals: null);

    /// <summary>Predicts with what a side network adds.</summary>
    /// <param name="sample">Noisy latent, [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="text">Conditioning tokens, [B, N, TextWidth].</param>
    /// <param name="residuals">What is added; null for nothing.</param>
    /// <returns>[B, OutputChannels, h, w]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">An input has the wrong shape.</exception>
    public Tensor Predict(Tensor sample, Tensor timestep, Tensor text, UNetResiduals? residuals) =>
        Predict(sample, timestep, text, (_, _) => text, residuals);

    /// <summary>Predicts with a condition of its own for each layer of the down blocks.</summary>
    /// <param name="sample">Noisy latent, [B, InputChannels, h, w].</param>
    /// <param name="timestep">Training index t, [], [1] or [B].</param>
    /// <param name="text">Conditioning tokens of the other blocks, [B, N, TextWidth].</param>
    /// <param name="downCondition">The condition, given the down block and the layer in it.</param>
    /// <param name="residuals">What is added; null for nothing.</param>
    internal Tensor Predict(Tensor sample, Tensor timestep, Tensor text, Func<int, int, Tensor> downCondition, UNetResiduals? residuals)
    {
        var encoder = Config.Encoder;
        TensorShape.Require(sample, nameof(sample), TensorShape.Any, encoder.InputChannels, TensorShape.Any, TensorShape.Any);
        TensorShape.Require(text, nameof(text), sample.shape[0], TensorShape.Any, encoder.TextWidth);
        using var scope = NewDisposeScope();
        var time = timeEmbedding.Activated(timestep, sample.shape[0]);
        var outputs = new List<Tensor> { enter.call(sample) };                  // [B, C, h, w]
        for (var i = 0; i < downBlocks.Count; i++)
        {
            var block = i;
            outputs.AddRange(downBlocks[i].Run(outputs[^1], time, layer => downCondition(block, layer)));
        }

        var hidden = middle.Run(outputs[^1], time, text);
        hidden = residuals?.AddToMiddle(hidden) ?? hidden;
        var skips = new Stack<Tensor>(residuals?.AddTo(outputs) ?? outputs);
        foreach (var block in upBlocks)
        {
            using var previous = hidden;
            hidden = block.Run(previous, time, text, skips);
        }

        return ResnetBlock.Convolve(lastNorm, leave, hidden).MoveToOuterDisposeScope();
    }
}
