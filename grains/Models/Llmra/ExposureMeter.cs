using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>Meters a picture as a camera does: how strong a tone curve brings its mean to mid-grey.</summary>
/// <remarks>
/// The text and CEM decide whether a picture is to become brighter; by how much is measured, since it cannot be guessed from
/// words. The curve g x / (1 + (g - 1) x) (Reinhard et al. 2002, eq. 4 with white at 1) has slope g in the shadows and leaves
/// white where it is, so highlights roll off instead of clipping.
/// </remarks>
public static class ExposureMeter
{
    /// <summary>What the mean is brought to: 18 % reflectance, as an sRGB value.</summary>
    public const double MidGrey = 0.46;

    /// <summary>The strongest curve used: about nine stops of light in the deepest shadows.</summary>
    public const double MaxGain = 20;

    private const int BisectionSteps = 30;

    /// <summary>Finds the curve.</summary>
    /// <param name="overview">The whole picture scaled down, [1, 3, h, w] float32, sRGB in 0..1.</param>
    /// <returns>g, 1 (the picture is bright enough) to <see cref="MaxGain"/>.</returns>
    public static double Meter(Tensor overview)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (1.0, MaxGain);
        for (var step = 0; step < BisectionSteps; step++)
        {
            var middle = (low + high) / 2;
            if (Apply(overview, tensor(middle, dtype: overview.dtype), tensor(middle - 1, dtype: overview.dtype)).mean().ToDouble() < MidGrey)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Applies a gain with a shoulder.</summary>
    /// <param name="image">[B, 3, H, W], sRGB; noise may reach below 0.</param>
    /// <param name="gain">g, broadcast against the image.</param>
    /// <param name="shoulder">g - 1 for the metered curve, 0 for a plain factor; broadcast against the image.</param>
    /// <returns>[B, 3, H, W]; the caller disposes it.</returns>
    public static Tensor Apply(Tensor image, Tensor gain, Tensor shoulder)
    {
        using var scope = NewDisposeScope();
        // Below 0 the curve has a pole: there it goes on as a straight line.
        return (image * gain / (shoulder * image.clamp(min: 0) + 1)).MoveToOuterDisposeScope();
    }
}
