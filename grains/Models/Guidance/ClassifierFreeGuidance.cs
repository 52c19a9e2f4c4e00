using static TorchSharp.torch;

namespace Darkroom.Models.Guidance;

/// <summary>Puts the predictions with and without conditioning together.</summary>
/// <remarks>
/// Ho and Salimans 2022, arXiv:2207.12598, eq. (6) with guidanceScale = 1 + w; the form with two scales is Brooks et al. 2023
/// (InstructPix2Pix), arXiv:2211.09800, eq. (3). Scales are one a row, so that runs of different settings can share a batch.
/// </remarks>
public static class ClassifierFreeGuidance
{
    /// <summary>uncond + guidanceScale (cond - uncond).</summary>
    /// <param name="unconditional">Prediction without conditioning, [B, ...].</param>
    /// <param name="conditional">Prediction with conditioning, [B, ...].</param>
    /// <param name="guidanceScales">One a row; 1 gives the conditional prediction.</param>
    /// <returns>[B, ...]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes or the number of scales differ.</exception>
    public static Tensor Combine(Tensor unconditional, Tensor conditional, params IReadOnlyList<double> guidanceScales)
    {
        using var scope = NewDisposeScope();
        RequireAlike(unconditional, conditional);
        var scales = Column(guidanceScales, unconditional);
        return (unconditional + (scales * (conditional - unconditional))).MoveToOuterDisposeScope();
    }

    /// <summary>uncond + textScale (full - image) + imageScale (image - uncond).</summary>
    /// <param name="unconditional">Prediction with the null text and zeros for the image's latent, [B, ...].</param>
    /// <param name="imageConditional">Prediction with the null text and the image's latent, [B, ...].</param>
    /// <param name="fullyConditional">Prediction with text and image, [B, ...].</param>
    /// <param name="textScales">One a row: how much the text counts.</param>
    /// <param name="imageScales">One a row: how much the image counts.</param>
    /// <returns>[B, ...]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes or the number of scales differ.</exception>
    public static Tensor CombineDual(
        Tensor unconditional, Tensor imageConditional, Tensor fullyConditional, IReadOnlyList<double> textScales, IReadOnlyList<double> imageScales)
    {
        using var scope = NewDisposeScope();
        RequireAlike(unconditional, imageConditional);
        RequireAlike(unconditional, fullyConditional);
        var (text, image) = (Column(textScales, unconditional), Column(imageScales, unconditional));
        var combined = unconditional
            + (text * (fullyConditional - imageConditional))
            + (image * (imageConditional - unconditional));
        return combined.MoveToOuterDisposeScope();
    }

    private static void RequireAlike(Tensor first, Tensor second)
    {
        if (!first.shape.SequenceEqual(second.shape))
            throw new ArgumentException($"The predictions are [{string.Join(", ", first.shape)}] and [{string.Join(", ", second.shape)}]; they must be of one shape.");
    }

    // [B, 1, ...]; one scale serves all rows.
    private static Tensor Column(IReadOnlyList<double> scales, Tensor like)
    {
        var rows = like.shape.Length > 0 ? like.shape[0] : 1;
        if (scales.Count != 1 && scales.Count != rows)
            throw new ArgumentException($"There are {scales.Count} guidance scales for {rows} rows; one, or one a row, is needed.");
        long[] shape = [scales.Count, .. Enumerable.Repeat(1L, Math.Max(0, like.shape.Length - 1))];
        return tensor(scales.Select(scale => (float)scale).ToArray()).view(shape).to(like.dtype).to(like.device);
    }
}
