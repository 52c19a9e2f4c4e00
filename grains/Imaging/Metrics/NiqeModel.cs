using System.Buffers.Binary;

namespace Darkroom.Imaging.Metrics;

/// <summary>NIQE's model of undisturbed photographs: mean and covariance of the features of their sharp blocks.</summary>
/// <remarks>The file is the mean, then the covariance row by row, in float64, little-endian; where it comes from: Data/README.md.</remarks>
public static class NiqeModel
{
    private const string ResourceName = "Darkroom.Imaging.Metrics.niqe-own.f64";
    private const double SharpnessThreshold = 0.75;   // of the sharpest block of the picture, section II.B
    private const int FeatureCount = 36;
    private const int WindowSide = 7;
    private const double WindowDeviation = 7.0 / 6;

    /// <summary>Fits a model to undisturbed photographs.</summary>
    /// <param name="pictures">Each of at least 96 x 96 pixels.</param>
    /// <returns>The file's content.</returns>
    /// <exception cref="ArgumentException">There are fewer sharp blocks than a covariance needs.</exception>
    public static byte[] Fit(IEnumerable<PlanarImage> pictures)
    {
        var window = Window();
        var rows = new List<double[]>();
        foreach (var picture in pictures)
        {
            var features = Niqe.Features(picture, window, out var sharpness);
            var limit = SharpnessThreshold * sharpness.Max();
            rows.AddRange(Enumerable.Range(0, sharpness.Length).Where(block => sharpness[block] > limit)
                .Select(block => Enumerable.Range(0, FeatureCount).Select(feature => features[block, feature]).ToArray())
                .Where(row => row.All(double.IsFinite)));
        }

        if (rows.Count <= FeatureCount)
            throw new ArgumentException($"The pictures have {rows.Count} sharp blocks; more than {FeatureCount} are needed.", nameof(pictures));
        var all = new double[rows.Count, FeatureCount];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var j = 0; j < FeatureCount; j++)
                all[i, j] = rows[i][j];
        }

        var (mean, covariance) = FeatureStatistics.Compute(all);
        var bytes = new byte[(FeatureCount + 1) * FeatureCount * sizeof(double)];
        var at = 0;
        foreach (var value in mean.Concat(covariance.Cast<double>()))
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);
            at += sizeof(double);
        }

        return bytes;
    }

    /// <summary>Reads the model that the project carries.</summary>
    internal static Niqe Read()
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
