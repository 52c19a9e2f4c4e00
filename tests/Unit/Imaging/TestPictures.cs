using Darkroom.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging;

/// <summary>Small drawn pictures.</summary>
internal static class TestPictures
{
    /// <summary>Random values that the depth can hold exactly.</summary>
    internal static PlanarImage Random(int width, int height, bool isGrey = false, int bitDepth = 8, bool hasAlpha = false, int seed = 1)
    {
        var random = new Random(seed);
        var levels = (1 << bitDepth) - 1;
        var picture = new PlanarImage(width, height, isGrey, bitDepth);
        Fill(picture.Pixels);
        if (hasAlpha)
            Fill(picture.Alpha = new float[width * height]);
        return picture;

        void Fill(float[] values)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = random.Next(levels + 1) / (float)levels;
        }
    }

    /// <summary>A smooth picture, which JPEG keeps nearly as it is.</summary>
    internal static PlanarImage Smooth(int width, int height, bool isGrey = false)
    {
        var picture = new PlanarImage(width, height, isGrey);
        for (var c = 0; c < picture.Channels; c++)
        {
            var plane = picture.Plane(c);
            for (var i = 0; i < plane.Length; i++)
                plane[i] = 0.5f + (0.4f * MathF.Sin(((i % width) * 0.11f) + (i / width * 0.07f) + c));
        }

        return picture;
    }

    internal static double LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        var largest = 0.0;
        for (var i = 0; i < a.Length; i++)
            largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        return largest;
    }

    internal static byte[] ReadTestData(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Imaging", "TestData", name));
}
