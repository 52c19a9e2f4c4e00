using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>LLMRA's restorer: text features and a degraded picture in, restored picture out.</summary>
/// <remarks>Jin et al. 2024, arXiv:2401.11401, Fig. 2 (a): CEM, CT and DC-former.</remarks>
public sealed class LlmraNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "cem")]
    private readonly ContextEnhanceModule contextEnhance;
    [ComponentName(Name = "ct")]
    private readonly ContextBlock contextTransformer;
    [ComponentName(Name = "dcformer")]
    private readonly nn.Module<Tensor, Tensor, Tensor> dcFormer;

    /// <summary>Makes a network with random weights.</summary>
    /// <exception cref="ArgumentException">The configuration is out of range.</exception>
    public LlmraNetwork(LlmraConfig config)
        : base(nameof(LlmraNetwork))
    {
        config.Validate();
        Config = config;
        contextEnhance = new ContextEnhanceModule(config);
        contextTransformer = new ContextBlock(config.TextDim, config.TextDim, config.TextHeads, config.MlpRatio);
        dcFormer = config.Blocks == DcFormerBlocks.Gated ? new GatedDcFormer(config) : new DcFormer(config);
        RegisterComponents();
    }

    /// <summary>Gets the configuration.</summary>
    public LlmraConfig Config { get; }

    /// <summary>Gets CEM.</summary>
    public ContextEnhanceModule ContextEnhance => contextEnhance;

    /// <summary>Gets the DC-former: a degraded picture and Z in, the restored picture out.</summary>
    public nn.Module<Tensor, Tensor, Tensor> DcFormer => dcFormer;

    /// <summary><c>&lt;restore&gt;</c>: the context of a describer's text, corrected by the picture.</summary>
    /// <param name="image">Picture for CEM, [B, 3, H, W] float32 in 0..1.</param>
    /// <param name="text">T_fea, [B, N, D].</param>
    /// <returns>Z, [B, N, D]; the caller disposes it.</returns>
    public Tensor RestoreContext(Tensor image, Tensor text)
    {
        using var scope = NewDisposeScope();
        return contextTransformer.Attend(contextEnhance.call(image, text)).MoveToOuterDisposeScope();
    }

    /// <summary><c>&lt;refine&gt;</c>: the context of the user's words, taken at their word (no CEM).</summary>
    /// <param name="text">T_fea, [B, N, D].</param>
    /// <returns>Z, [B, N, D]; the caller disposes it.</returns>
    public Tensor RefineContext(Tensor text) => contextTransformer.Attend(text);

    /// <summary>Restores a picture of any size: pads by reflection to <see cref="LlmraConfig.SizeMultiple"/> and cuts back.</summary>
    /// <param name="image">Degraded picture, [B, 3, H, W] float32 in 0..1; each side is longer than the padding it needs.</param>
    /// <param name="context">Z, [B, N, D].</param>
    /// <returns>Restored picture, [B, 3, H, W], not clamped; the caller disposes it.</returns>
    public override Tensor forward(Tensor image, Tensor context)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (image.shape[2], image.shape[3]);
        var padded = Pad(image);
        return dcFormer.call(padded, context)
            .narrow(2, 0, height).narrow(3, 0, width).MoveToOuterDisposeScope();
    }

    /// <summary>Pads a picture at the right and the bottom by reflection to <see cref="LlmraConfig.SizeMultiple"/>.</summary>
    /// <param name="image">[B, 3, H, W].</param>
    /// <returns>The padded picture; the same tensor where nothing is to be padded.</returns>
    public Tensor Pad(Tensor image)
    {
        var multiple = Config.SizeMultiple;
        var right = (multiple - image.shape[3] % multiple) % multiple;
        var bottom = (multiple - image.shape[2] % multiple) % multiple;
        return right == 0 && bottom == 0
            ? image
            : nn.functional.pad(image, [0, right, 0, bottom], PaddingModes.Reflect);
    }
}
