using Darkroom.Imaging;
using Darkroom.Imaging.Raw;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>Small RAW files, taken by a sensor that is computed.</summary>
internal static class RawPictures
{
    /// <summary>A DNG of 80 x 48 cells, taken in the dark: 40 x 24 pixels once developed.</summary>
    public static byte[] Night() => Take(ratio: 20);

    /// <summary>The same by day.</summary>
    public static byte[] Day() => Take(ratio: 1);

    private static byte[] Take(double ratio)
    {
        var picture = new PlanarImage(40, 24);
        for (var i = 0; i < picture.Pixels.Length; i++)
            picture.Pixels[i] = 0.3f + (0.4f * (i % 40) / 40);
        var levels = new RawLevels(BayerPattern.Rggb, RawPlanes.All(512), RawPlanes.All(16383));
        var sensor = new NightSensor(levels, new RawMetadata { Camera = "Darkroom Testcam", WhiteBalance = new RawPlanes(2, 1, 1.5, 1) });
        return DngWriter.Write(sensor.Take(picture, ratio, seed: 7));
    }
}
