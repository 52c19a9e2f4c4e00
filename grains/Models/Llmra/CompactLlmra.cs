using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>The restorer that ships: its own text encoder, LLMRA's modules at small width, and the exposure head.</summary>
public sealed class CompactLlmra : nn.Module
{
    /// <summary>What the names of the DC-former's weights begin with.</summary>
    public const string DcFormerPrefix = "restorer.dcformer.";

    [ComponentName(Name = "text")]
    private readonly DegradationTextEncoder textEncoder;
    [ComponentName(Name = "restorer")]
    private readonly LlmraNetwork restorer;
    [ComponentName(Name = "exposure")]
    private readonly ExposureHead exposure;

    /// <summary>Makes a restorer with random weights.</summary>
    /// <param name="config">Widths and depths.</param>
    /// <param name="vocabularySize">Number of token ids of its tokenizer.</param>
    /// <exception cref="ArgumentException">The configuration is out of range.</exception>
    public CompactLlmra(LlmraConfig config, int vocabularySize)
        : base(nameof(CompactLlmra))
    {
        restorer = new LlmraNetwork(config);
        textEncoder = new DegradationTextEncoder(vocabularySize, config);
        exposure = new ExposureHead(config);
        RegisterComponents();
    }

    /// <summary>Gets the configuration.</summary>
    public LlmraConfig Config => restorer.Config;

    /// <summary>Gets the text encoder.</summary>
    public DegradationTextEncoder TextEncoder => textEncoder;

    /// <summary>Gets CEM, CT and DC-former.</summary>
    public LlmraNetwork Restorer => restorer;

    /// <summary>Gets the exposure head.</summary>
    public ExposureHead Exposure => exposure;

    /// <summary>Restores pictures whose context is known.</summary>
    /// <param name="image">Degraded pictures, [B, 3, H, W] float32 in 0..1; sides are multiples of <see cref="LlmraConfig.SizeMultiple"/>.</param>
    /// <param name="context">Z, [B, N, D].</param>
    /// <param name="gain">From <see cref="ExposureHead"/>, [B, 3, 1, 1].</param>
    /// <returns>Restored pictures, [B, 3, H, W], not clamped; the caller disposes them.</returns>
    public Tensor Restore(Tensor image, Tensor context, Tensor gain)
    {
        using var scope = NewDisposeScope();
        return restorer.DcFormer.call(image * gain, context).MoveToOuterDisposeScope();
    }

    /// <summary>Restores pictures whose context is known, with a tone curve.</summary>
    /// <param name="image">As for the other overload.</param>
    /// <param name="context">As for the other overload.</param>
    /// <param name="gain">As for <see cref="ToneCurve.Apply"/>, [B, 3, 1, 1].</param>
    /// <param name="shoulder">As for <see cref="ToneCurve.Apply"/>, [B, 3, 1, 1].</param>
    /// <returns>Restored pictures, [B, 3, H, W], not clamped; the caller disposes them.</returns>
    public Tensor Restore(Tensor image, Tensor context, Tensor gain, Tensor shoulder)
    {
        using var scope = NewDisposeScope();
        return restorer.DcFormer.call(ToneCurve.Apply(image, gain, shoulder), context).MoveToOuterDisposeScope();
    }
}
