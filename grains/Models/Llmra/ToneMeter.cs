using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>Meters a brightened picture as a camera does, and brightens more what is still too dark.</summary>
/// <remarks>
/// While little light is missing, the highlights tell how much. In the deep dark they are lamps and windows, which tell nothing: there the
/// mean is brought to mid-grey, and the more so the deeper the darkness.
/// </remarks>
public static class ToneMeter
{
    /// <summary>18 % reflectance, as an sRGB value.</summary>
    public const double MidGrey = 0.46;

    // Factors on the mean of sRGB values: up to the first the highlights are believed, from the second on the meter.
    private const double Little = 2;
    private const double Much = 4;
    private const double Darkest = 1.0 / 512;                                   // half a level
    private const int BisectionSteps = 30;

    /// <summary>Makes curves steeper in the shadows where what they give is too dark; white stays where they have it.</summary>
    /// <param name="overview">The whole picture scaled down, [1, 3, h, w] float32, sRGB in 0..1.</param>
    /// <param name="gain">As for <see cref="ToneCurve.Apply"/>, [1, 3, 1, 1].</param>
    /// <param name="shoulder">Likewise.</param>
    /// <returns>Gain and shoulder, [1, 3, 1, 1] each; the caller disposes them.</returns>
    public static (Tensor Gain, Tensor Shoulder) Strengthen(Tensor overview, Tensor gain, Tensor shoulder)
    {
        using var scope = NewDisposeScope();
        var brightened = ToneCurve.Apply(overview, gain, shoulder).clamp(max: 1);
        var (before, after) = (Math.Max(Darkest, overview.mean().ToDouble()), brightened.mean().ToDouble());
        var share = Math.Clamp(Math.Log(after / before / Little) / Math.Log(Much / Little), 0, 1);
        var wanted = MidGrey * share;
        var (low, high) = (1.0, ToneCurve.MaxGain);
        for (var step = 0; step < BisectionSteps && after < wanted; step++)
        {
            var middle = (low + high) / 2;
            if (ToneCurve.Apply(brightened, tensor((float)middle), tensor((float)(middle - 1))).mean().ToDouble() < wanted)
                low = middle;
            else
                high = middle;
        }

        // A curve with white at 1 after another curve is again one of them.
        return ((gain * low).MoveToOuterDisposeScope(), (shoulder + (gain * (low - 1))).MoveToOuterDisposeScope());
    }
}
