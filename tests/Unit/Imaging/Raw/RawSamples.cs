using Darkroom.Imaging;
using Darkroom.Imaging.Raw;

namespace Darkroom.Tests.Unit.Imaging.Raw;

/// <summary>A camera that does not exist, and pictures for it.</summary>
internal static class RawSamples
{
    public const double Ratio = 40;

    public static RawLevels Levels { get; } = new(BayerPattern.Rggb, new RawPlanes(512, 510, 514, 513), RawPlanes.All(16383));

    public static RawMetadata Metadata { get; } = new()
    {
        Camera = "Darkroom Testcam",
        WhiteBalance = new RawPlanes(2.1, 1, 1.6, 1),
        // Rows sum to 1: grey stays grey.
        Matrix = new ColourMatrix(1.7, -0.5, -0.2, -0.2, 1.5, -0.3, 0.05, -0.55, 1.5),
    };

    public static NightSensor Sensor { get; } = new(Levels, Metadata);

    /// <summary>A picture of soft ramps: neither black nor white, so that nothing is clipped.</summary>
    public static PlanarImage Ramps(int width = 48, int height = 40)
    {
        var picture = new PlanarImage(width, height, bitDepth: 16);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                picture.Row(0, y)[x] = 0.4f + (0.2f * x / width);
                picture.Row(1, y)[x] = 0.4f + (0.2f * y / height);
                picture.Row(2, y)[x] = 0.6f - (0.2f * x / width);
            }
        }

        return picture;
    }

    public static byte[] NightDng(int? seed = 1) => DngWriter.Write(Sensor.Take(Ramps(), Ratio, seed));

    public static double MeanError(PlanarImage actual, PlanarImage expected) =>
        actual.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).Average();
}
