using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>Brightens: a gain whose highlights roll off instead of clipping.</summary>
/// <remarks>
/// The curve g x / (s x + 1). With s = g - 1 it leaves white where it is (Reinhard et al. 2002, eq. 4 with white at 1), with s = 0 it is a
/// plain factor. The text and CEM decide whether a picture is to become brighter; by how much is measured by
/// <see cref="Describers.ToneEstimator"/>, since it cannot be guessed from words.
/// </remarks>
public static class ToneCurve
{
    /// <summary>The steepest curve used: about nine stops of light in the deepest shadows.</summary>
    public const double MaxGain = 20;

    /// <summary>Applies the curve.</summary>
    /// <param name="image">[B, 3, H, W], sRGB; noise may reach below 0.</param>
    /// <param name="gain">g, broadcast against the image.</param>
    /// <param name="shoulder">s, 0 or more, broadcast against the image.</param>
    /// <returns>[B, 3, H, W]; the caller disposes it.</returns>
    public static Tensor Apply(Tensor image, Tensor gain, Tensor shoulder)
    {
        using var scope = NewDisposeScope();
        // Below 0 the curve has a pole: there it goes on as a straight line.
        return (image * gain / (shoulder * image.clamp(min: 0) + 1)).MoveToOuterDisposeScope();
    }
}
