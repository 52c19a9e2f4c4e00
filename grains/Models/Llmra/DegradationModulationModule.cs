using Darkroom.Models.Restormer;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>DMM: lets a level of the decoder look at the degradation context.</summary>
/// <remarks>Jin et al. 2024, arXiv:2401.11401, section 3.3, eq. (4), Fig. 3.</remarks>
public sealed class DegradationModulationModule : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "cross")]
    private readonly ContextBlock imageCross;
    [ComponentName(Name = "caff")]
    private readonly ConcatenateAttentionFeatureFusion fusion;
    [ComponentName(Name = "block")]
    private readonly RestormerBlock block;

    /// <summary>Makes the module.</summary>
    /// <param name="channels">C of the level, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads of the level.</param>
    /// <param name="config">The rest of the network's configuration.</param>
    public DegradationModulationModule(long channels, long heads, LlmraConfig config)
        : base(nameof(DegradationModulationModule))
    {
        imageCross = new ContextBlock(channels, config.TextDim, heads, config.MlpRatio);
        fusion = new ConcatenateAttentionFeatureFusion(channels);
        block = new RestormerBlock(channels, heads, config.FeedForwardExpansion, bias: false, LayerNormKind.WithBias);
        RegisterComponents();
    }

    /// <param name="features">X, [B, C, H, W].</param>
    /// <param name="context">Z, [B, N, D].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor features, Tensor context)
    {
        using var scope = NewDisposeScope();
        var tokens = features.flatten(2).transpose(1, 2);                       // [B, HW, C]
        var crossed = imageCross.call(tokens, context)
            .transpose(1, 2).reshape(features.shape);                           // Y, [B, C, H, W]
        return block.call(fusion.call(features, crossed)).MoveToOuterDisposeScope();   // eq. (4)
    }
}
