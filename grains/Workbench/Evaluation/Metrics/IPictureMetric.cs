using Darkroom.Imaging;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>Judges one picture, alone or beside the ground truth.</summary>
public interface IPictureMetric : IDisposable
{
    /// <summary>Gets its name, as the command line has it.</summary>
    string Name { get; }

    /// <summary>Gets a value indicating whether it compares with the ground truth.</summary>
    bool NeedsReference { get; }

    /// <summary>Measures a picture.</summary>
    /// <param name="picture">The picture, in whole levels of 8 bits.</param>
    /// <param name="reference">The ground truth; null where <see cref="NeedsReference"/> is false.</param>
    /// <returns>The value; NaN where the picture is too small to be measured.</returns>
    double Measure(PlanarImage picture, PlanarImage? reference);
}

/// <summary>Pictures as an 8-bit file would hold them.</summary>
internal static class EightBit
{
    private const float Levels = 255;

    /// <summary>Clamps and rounds every value.</summary>
    /// <returns>A new picture.</returns>
    public static PlanarImage Of(PlanarImage picture)
    {
        var rounded = new PlanarImage(picture.Width, picture.Height, picture.IsGrey);
        for (var i = 0; i < rounded.Pixels.Length; i++)
            rounded.Pixels[i] = MathF.Floor((Math.Clamp(picture.Pixels[i], 0, 1) * Levels) + 0.5f) / Levels;
        return rounded;
    }
}
