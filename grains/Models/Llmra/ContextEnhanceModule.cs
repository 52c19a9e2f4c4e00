using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>CEM: corrects the describer's text features by looking at the picture.</summary>
/// <remarks>Jin et al. 2024, arXiv:2401.11401, section 3.2, eq. (2), Fig. 2 (b).</remarks>
public sealed class ContextEnhanceModule : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "conv_in")]
    private readonly Conv2d convIn;
    [ComponentName(Name = "conv1")]
    private readonly Conv2d residual1;
    [ComponentName(Name = "conv2")]
    private readonly Conv2d residual2;
    [ComponentName(Name = "cross")]
    private readonly ModuleList<ContextBlock> textCross;

    /// <summary>Makes the module.</summary>
    public ContextEnhanceModule(LlmraConfig config)
        : base(nameof(ContextEnhanceModule))
    {
        convIn = nn.Conv2d(3, config.ContextWidth, 3, padding: 1);
        residual1 = nn.Conv2d(config.ContextWidth, config.ContextWidth, 3, padding: 1);
        residual2 = nn.Conv2d(config.ContextWidth, config.ContextWidth, 3, padding: 1);
        textCross = new ModuleList<ContextBlock>(
            new ContextBlock(config.TextDim, config.ContextWidth, config.TextHeads, config.MlpRatio),
            new ContextBlock(config.TextDim, config.ContextWidth, config.TextHeads, config.MlpRatio));
        RegisterComponents();
    }

    /// <param name="image">I_LQ, [B, 3, H, W] float32 in 0..1; every pixel becomes a token.</param>
    /// <param name="text">T_fea, [B, N, D].</param>
    /// <returns>T'_fea, [B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor image, Tensor text)
    {
        using var scope = NewDisposeScope();
        var tokens = ShallowFeature(image).flatten(2).transpose(1, 2);          // [B, HW, C]
        var enhanced = text;
        foreach (var block in textCross)
            enhanced = block.call(enhanced, tokens);
        return enhanced.MoveToOuterDisposeScope();
    }

    /// <summary>Computes the shallow image feature: one convolution and one residual block.</summary>
    /// <param name="image">[B, 3, H, W].</param>
    /// <returns>[B, C, H, W]; the caller disposes it.</returns>
    public Tensor ShallowFeature(Tensor image)
    {
        using var scope = NewDisposeScope();
        var feature = convIn.call(image);
        return (feature + residual2.call(residual1.call(feature).relu())).MoveToOuterDisposeScope();
    }
}
