using Darkroom.Models.Llmra;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>What little light does to sRGB values, and the curve that undoes it exactly.</summary>
/// <remarks>
/// A shorter exposure is, with a power-law tone curve, a factor on sRGB values. Cameras also bend the shadows down; that bend is taken as
/// the inverse of the curve that <see cref="ToneCurve"/> applies, so what was darkened can be brightened without loss.
/// </remarks>
/// <param name="Factors">Factor on the sRGB values of red, green and blue; 1, 1, 1 leaves them.</param>
/// <param name="Bend">Slope of the inverse in the shadows, 1 (none) or more.</param>
public sealed record DarkTone(IReadOnlyList<double> Factors, double Bend = 1)
{
    private const double ToneExponent = 2.2;

    /// <summary>Gets the tone of a well-lit picture.</summary>
    public static DarkTone None { get; } = new([1, 1, 1]);

    /// <summary>Makes the tone of a shorter exposure.</summary>
    /// <param name="exposure">Factor on linear light, above 0.</param>
    public static DarkTone OfExposure(double exposure)
    {
        var factor = Math.Pow(exposure, 1 / ToneExponent);
        return new DarkTone([factor, factor, factor]);
    }

    /// <summary>Darkens.</summary>
    /// <param name="image">sRGB in 0..1, [3, H, W].</param>
    /// <returns>[3, H, W]; the caller disposes it.</returns>
    public Tensor Darken(Tensor image)
    {
        using var scope = NewDisposeScope();
        return (image / (Bend - (Bend - 1) * image) * Column(Factors)).MoveToOuterDisposeScope();
    }

    /// <summary>Gets the curve that takes the darkness away.</summary>
    /// <returns>Gain and shoulder for <see cref="ToneCurve.Apply"/>, [3, 1, 1] each; the caller disposes them.</returns>
    public (Tensor Gain, Tensor Shoulder) Inverse() =>
        (Column([.. Factors.Select(factor => Bend / factor)]), Column([.. Factors.Select(factor => (Bend - 1) / factor)]));

    private static Tensor Column(IReadOnlyList<double> values) => tensor(values.Select(value => (float)value).ToArray()).view(3, 1, 1);
}
