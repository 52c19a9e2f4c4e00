using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Transformer over the cells of a feature map, steered by a condition; residual.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752, table 15; names as in diffusers' <c>Transformer2DModel</c>.</remarks>
public sealed class SpatialTransformer : nn.Module
{
    private const double NormEpsilon = 1e-6;   // not the configuration's, which is the residual blocks'

    private readonly long channels;
    private readonly bool isLinear;

    [ComponentName(Name = "norm")]
    private readonly GroupNorm norm;
    [ComponentName(Name = "proj_in")]
    private readonly nn.Module<Tensor, Tensor> enter;
    [ComponentName(Name = "transformer_blocks")]
    private readonly ModuleList<TransformerBlock> blocks;
    [ComponentName(Name = "proj_out")]
    private readonly nn.Module<Tensor, Tensor> leave;

    /// <summary>Makes the transformer.</summary>
    /// <param name="channels">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="config">The other sizes.</param>
    /// <param name="conditionAttention">Makes the attention to the condition; null for attention to text tokens.</param>
    internal SpatialTransformer(long channels, long heads, UNetEncoderConfig config, Func<ConditionAttention>? conditionAttention = null)
        : base(nameof(SpatialTransformer))
    {
        this.channels = channels;
        isLinear = config.HasLinearProjection;
        norm = new GroupNorm(config.NormGroups, channels, NormEpsilon);
        enter = Projection();
        blocks = new ModuleList<TransformerBlock>([.. Enumerable.Range(0, config.TransformerDepth).Select(_ => new TransformerBlock(
            channels, heads, config.HasWideScores, conditionAttention?.Invoke() ?? new Attention(channels, config.TextWidth, heads, config.HasWideScores)))]);
        leave = Projection();
        RegisterComponents();

        nn.Module<Tensor, Tensor> Projection() => isLinear ? new Linear(channels, channels) : new Conv2d(channels, channels, 1);
    }

    /// <summary>Runs the transformer.</summary>
    /// <param name="input">[B, C, H, W].</param>
    /// <param name="condition">What the blocks attend to besides the map itself.</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public Tensor Run(Tensor input, Tensor condition)
    {
        TensorShape.Require(input, nameof(input), TensorShape.Any, channels, TensorShape.Any, TensorShape.Any);
        using var scope = NewDisposeScope();
        var (height, width) = (input.shape[2], input.shape[3]);
        var tokens = isLinear ? enter.call(Tokens(norm.call(input))) : Tokens(enter.call(norm.call(input)));   // [B, H * W, C]
        foreach (var block in blocks)
        {
            using var previous = tokens;
            tokens = block.Run(previous, condition, height, width);
        }

        var change = isLinear ? Map(leave.call(tokens)) : leave.call(Map(tokens).contiguous());
        return (change + input).MoveToOuterDisposeScope();

        Tensor Tokens(Tensor map) => map.flatten(2).transpose(1, 2);
        Tensor Map(Tensor cells) => cells.transpose(1, 2).unflatten(2, [height, width]);
    }
}
