using static TorchSharp.torch;

namespace Darkroom.Models.Describers.Rain;

/// <summary>Fixed filters that answer to thin bright lines, one for each of 16 directions.</summary>
/// <remarks>A second derivative of a Gaussian across the line, a longer Gaussian along it. They are computed, never learnt or stored.</remarks>
public static class LineFilters
{
    /// <summary>Number of directions, evenly over half a turn; the first is vertical.</summary>
    public const int AngleCount = 16;

    /// <summary>Side of a filter (pixels).</summary>
    public const int Size = 15;

    private const double AcrossSigma = 1;                                       // pixels: a line of about two
    private const double AlongSigma = 3.5;                                      // pixels: directions 11 degrees apart just overlap

    /// <summary>Computes the filters.</summary>
    /// <param name="device">Where they are wanted.</param>
    /// <returns>[<see cref="AngleCount"/>, 1, <see cref="Size"/>, <see cref="Size"/>], each of mean 0 and norm 1; the caller disposes it.</returns>
    public static Tensor Compute(Device device)
    {
        using var scope = NewDisposeScope();
        var values = new float[AngleCount * Size * Size];
        const int Centre = Size / 2;
        for (var index = 0; index < values.Length; index++)
        {
            var (angle, pixel) = Math.DivRem(index, Size * Size);
            var (y, x) = Math.DivRem(pixel, Size);
            var (sin, cos) = Math.SinCos(Math.PI * angle / AngleCount);
            var across = (x - Centre) * cos - (y - Centre) * sin;
            var along = (x - Centre) * sin + (y - Centre) * cos;
            var ratio = across * across / (AcrossSigma * AcrossSigma);
            values[index] = (float)((1 - ratio) * Math.Exp(-ratio / 2 - along * along / (2 * AlongSigma * AlongSigma)));
        }

        var filters = tensor(values).view(AngleCount, 1, Size, Size);
        filters = filters - filters.mean([1, 2, 3], keepdim: true);
        return (filters / filters.square().sum([1, 2, 3], keepdim: true).sqrt()).to(device).MoveToOuterDisposeScope();
    }
}
