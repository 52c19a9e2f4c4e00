using System.Buffers.Binary;

namespace Darkroom.Imaging.Metrics;

/// <summary>Reads NIQE's published model: mean and covariance of the features of undisturbed photographs.</summary>
/// <remarks>The file is the mean, then the covariance row by row, in float64, little-endian; where it comes from: Data/README.md.</remarks>
internal static class NiqeModel
{
    private const string ResourceName = "Darkroom.Imaging.Metrics.niqe-pristine.f64";
    private const int FeatureCount = 36;
    private const int WindowSide = 7;
    private const double WindowDeviation = 7.0 / 6;

    public static Niqe Read()
    {
        using var stream = typeof(NiqeModel).Assembly.GetManifestResourceStream(ResourceName)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var mean = new double[FeatureCount];
        var covariance = new double[FeatureCount, FeatureCount];
        for (var i = 0; i < FeatureCount; i++)
        {
            mean[i] = Value(i);
            for (var j = 0; j < FeatureCount; j++)
                covariance[i, j] = Value(((i + 1) * FeatureCount) + j);
        }

        return new Niqe(mean, covariance, Window());

        double Value(int index) => BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(index * sizeof(double)));
    }

    // MATLAB's fspecial('gaussian', 7, 7/6).
    private static double[,] Window()
    {
        var window = new double[WindowSide, WindowSide];
        var sum = 0.0;
        for (var y = 0; y < WindowSide; y++)
        {
            for (var x = 0; x < WindowSide; x++)
            {
                var (down, across) = (y - (WindowSide / 2), x - (WindowSide / 2));
                sum += window[y, x] = Math.Exp(-((down * down) + (across * across)) / (2 * WindowDeviation * WindowDeviation));
            }
        }

        for (var y = 0; y < WindowSide; y++)
        {
            for (var x = 0; x < WindowSide; x++)
                window[y, x] /= sum;
        }

        return window;
    }
}
