using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Restormer;

/// <summary>Restormer's transformer block: MDTA and GDFN, each behind a layer norm and added to its input.</summary>
/// <remarks>Zamir et al. 2022, arXiv:2111.09881, Fig. 2.</remarks>
public sealed class RestormerBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly ChannelLayerNorm attentionNorm;
    [ComponentName(Name = "attn")]
    private readonly MultiDconvHeadTransposedAttention attention;
    [ComponentName(Name = "norm2")]
    private readonly ChannelLayerNorm feedForwardNorm;
    [ComponentName(Name = "ffn")]
    private readonly GatedDconvFeedForward feedForward;

    /// <summary>Makes the block.</summary>
    /// <param name="channels">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads of the attention.</param>
    /// <param name="expansion">Expansion of the feed-forward layer.</param>
    /// <param name="bias">Whether the convolutions have a bias.</param>
    /// <param name="normKind">Which layer norm.</param>
    public RestormerBlock(long channels, long heads, double expansion, bool bias, LayerNormKind normKind)
        : base(nameof(RestormerBlock))
    {
        attentionNorm = new ChannelLayerNorm(channels, normKind);
        attention = new MultiDconvHeadTransposedAttention(channels, heads, bias);
        feedForwardNorm = new ChannelLayerNorm(channels, normKind);
        feedForward = new GatedDconvFeedForward(channels, expansion, bias);
        RegisterComponents();
    }

    /// <param name="input">Features, [B, C, H, W].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var attended = input + attention.call(attentionNorm.call(input));
        return (attended + feedForward.call(feedForwardNorm.call(attended))).MoveToOuterDisposeScope();
    }
}
