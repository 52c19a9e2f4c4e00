using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Self-attention, attention to a condition, feed-forward; each behind a layer norm and residual.</summary>
/// <remarks>Names as in diffusers' <c>BasicTransformerBlock</c>.</remarks>
public sealed class TransformerBlock : nn.Module
{
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm selfNorm;
    [ComponentName(Name = "attn1")]
    private readonly Attention selfAttention;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm conditionNorm;
    [ComponentName(Name = "attn2")]
    private readonly ConditionAttention conditionAttention;
    [ComponentName(Name = "norm3")]
    private readonly LayerNorm feedForwardNorm;
    [ComponentName(Name = "ff")]
    private readonly FeedForward feedForward;

    internal TransformerBlock(long width, long heads, bool hasWideScores, ConditionAttention conditionAttention)
        : base(nameof(TransformerBlock))
    {
        selfNorm = new LayerNorm(width);
        selfAttention = new Attention(width, width, heads, hasWideScores);
        conditionNorm = new LayerNorm(width);
        this.conditionAttention = conditionAttention;
        feedForwardNorm = new LayerNorm(width);
        feedForward = new FeedForward(width);
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <param name="tokens">The feature map as tokens, [B, H * W, D].</param>
    /// <param name="condition">What the second attention attends to.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <returns>[B, H * W, D]; the caller disposes it.</returns>
    internal Tensor Run(Tensor tokens, Tensor condition, long height, long width)
    {
        using var scope = NewDisposeScope();
        using var own = selfNorm.call(tokens);
        using var seen = selfAttention.Attend(own, own) + tokens;
        using var steered = conditionAttention.Attend(conditionNorm.call(seen), condition, height, width) + seen;
        return (feedForward.call(feedForwardNorm.call(steered)) + steered).MoveToOuterDisposeScope();
    }
}
