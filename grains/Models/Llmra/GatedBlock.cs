using Darkroom.Models.Restormer;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>NAFNet's block, whose channel attention also hears the text: products of halves in place of activations.</summary>
/// <remarks>
/// Chen et al. 2022, arXiv:2204.04676, Fig. 3 (c) and eqs. (4) to (6), with keys as in the official <c>NAFNet_arch.py</c>.
/// The layer <c>text</c> is ours: it lets the mean of Z weigh the channels, so that words reach every level at almost no cost.
/// </remarks>
public sealed class GatedBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly ChannelLayerNorm mixNorm;
    [ComponentName(Name = "conv1")]
    private readonly Conv2d expand;
    [ComponentName(Name = "conv2")]
    private readonly Conv2d spatial;
    [ComponentName(Name = "sca")]
    private readonly Conv2d channelAttention;
    [ComponentName(Name = "text")]
    private readonly Linear textAttention;
    [ComponentName(Name = "conv3")]
    private readonly Conv2d project;
    [ComponentName(Name = "norm2")]
    private readonly ChannelLayerNorm feedForwardNorm;
    [ComponentName(Name = "conv4")]
    private readonly Conv2d feedForwardIn;
    [ComponentName(Name = "conv5")]
    private readonly Conv2d feedForwardOut;
    [ComponentName(Name = "beta")]
    private readonly Parameter mixScale;
    [ComponentName(Name = "gamma")]
    private readonly Parameter feedForwardScale;

    /// <summary>Makes a block that hands its input through: both branches begin with the factor 0.</summary>
    /// <param name="channels">C.</param>
    /// <param name="contextDim">Width D of Z.</param>
    public GatedBlock(long channels, long contextDim)
        : base(nameof(GatedBlock))
    {
        mixNorm = new ChannelLayerNorm(channels);
        expand = nn.Conv2d(channels, 2 * channels, 1);
        spatial = nn.Conv2d(2 * channels, 2 * channels, 3, padding: 1, groups: 2 * channels);
        channelAttention = nn.Conv2d(channels, channels, 1);
        textAttention = nn.Linear(contextDim, channels, hasBias: false);
        nn.init.zeros_(textAttention.weight);
        project = nn.Conv2d(channels, channels, 1);
        feedForwardNorm = new ChannelLayerNorm(channels);
        feedForwardIn = nn.Conv2d(channels, 2 * channels, 1);
        feedForwardOut = nn.Conv2d(channels, channels, 1);
        mixScale = nn.Parameter(zeros(1, channels, 1, 1));
        feedForwardScale = nn.Parameter(zeros(1, channels, 1, 1));
        RegisterComponents();
    }

    /// <param name="input">Features, [B, C, H, W].</param>
    /// <param name="context">Z, [B, N, D].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input, Tensor context)
    {
        using var scope = NewDisposeScope();
        var gated = Gate(spatial.call(expand.call(mixNorm.call(input))));
        var weights = channelAttention.call(gated.mean([2, 3], keepdim: true))
            + textAttention.call(context.mean([1])).unsqueeze(-1).unsqueeze(-1);   // [B, C, 1, 1]
        var mixed = input + project.call(gated * weights) * mixScale;
        var fed = feedForwardOut.call(Gate(feedForwardIn.call(feedForwardNorm.call(mixed))));
        return (mixed + fed * feedForwardScale).MoveToOuterDisposeScope();
    }

    private static Tensor Gate(Tensor both)
    {
        var halves = both.chunk(2, 1);
        return halves[0] * halves[1];
    }
}
