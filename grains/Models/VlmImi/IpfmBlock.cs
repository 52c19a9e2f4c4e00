using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.VlmImi;

/// <summary>One block of the IPFM: the latent queries attend to themselves and the text, then a feed-forward layer.</summary>
/// <remarks>Sun et al. 2025, VLM-IMI, eq. (2); names as in the official <c>IPFM_block</c>.</remarks>
public sealed class IpfmBlock : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "attn")]
    private readonly MultiheadAttention attention;
    [ComponentName(Name = "mlp")]
    private readonly FeedForward feedForward;
    [ComponentName(Name = "ln_1")]
    private readonly AdaptiveLayerNorm latentNorm;
    [ComponentName(Name = "ln_2")]
    private readonly AdaptiveLayerNorm textNorm;
    [ComponentName(Name = "ln_ff")]
    private readonly AdaptiveLayerNorm feedForwardNorm;

    /// <summary>Makes a block without weights.</summary>
    public IpfmBlock(IpfmConfig config)
        : base(nameof(IpfmBlock))
    {
        attention = new MultiheadAttention(config.Width, config.HeadCount);
        feedForward = new FeedForward(config.Width);
        latentNorm = new AdaptiveLayerNorm(config.Width, config.TimeWidth);
        textNorm = new AdaptiveLayerNorm(config.Width, config.TimeWidth);
        feedForwardNorm = new AdaptiveLayerNorm(config.Width, config.TimeWidth);
        RegisterComponents();
    }

    /// <param name="input1">Latent queries, [B, Q, D].</param>
    /// <param name="input2">Text, [B, N, D].</param>
    /// <param name="input3">SiLU of the timestep's embedding, [B, 1, TimeWidth].</param>
    /// <returns>[B, Q, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor input3)
    {
        using var scope = NewDisposeScope();
        var queries = latentNorm.call(input1, input3);
        var seen = cat([queries, textNorm.call(input2, input3)], 1);            // [B, Q + N, D]
        var latents = input1 + attention.call(queries, seen);
        return (latents + feedForward.call(feedForwardNorm.call(latents, input3))).MoveToOuterDisposeScope();
    }

    /// <summary>A layer norm whose scale and shift come from the timestep.</summary>
    private sealed class AdaptiveLayerNorm : nn.Module<Tensor, Tensor, Tensor>
    {
        private const double Epsilon = 1e-6;

        private readonly long[] shape;

        [ComponentName(Name = "linear")]
        private readonly Linear toShiftAndScale;

        public AdaptiveLayerNorm(long width, long timeWidth)
            : base(nameof(AdaptiveLayerNorm))
        {
            shape = [width];
            toShiftAndScale = new Linear(timeWidth, 2 * width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens, Tensor time)
        {
            using var scope = NewDisposeScope();
            var parts = toShiftAndScale.call(time).chunk(2, dim: -1);           // two of [B, 1, D]
            var normed = nn.functional.layer_norm(tokens, shape, eps: Epsilon);
            return (normed * (1 + parts[1]) + parts[0]).MoveToOuterDisposeScope();
        }
    }

    private sealed class FeedForward : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "c_fc")]
        private readonly Linear enter;
        [ComponentName(Name = "c_proj")]
        private readonly Linear leave;

        public FeedForward(long width)
            : base(nameof(FeedForward))
        {
            enter = new Linear(width, 4 * width);
            leave = new Linear(4 * width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            return leave.call(enter.call(tokens).relu().square()).MoveToOuterDisposeScope();
        }
    }
}
