namespace Darkroom.Imaging.Metrics;

/// <summary>Natural image quality evaluator: how far a picture is from undisturbed photographs, without a reference. Lower is better.</summary>
/// <remarks>
/// Mittal, Soundararajan, Bovik 2013, "Making a Completely Blind Image Quality Analyzer". On the luma of BT.601 rounded to
/// integers, blocks of 96 x 96 at two scales, as in BasicSR.
/// </remarks>
public sealed class Niqe
{
    /// <summary>The shortest side that a picture may have (pixels).</summary>
    public const int MinSide = BlockSize;

    private const int BlockSize = 96, FeaturesPerScale = 18, FeatureCount = 2 * FeaturesPerScale;
    private static readonly Lazy<Niqe> OwnModel = new(NiqeModel.Read);
    private readonly double[] pristineMean;         // μ of undisturbed photographs, [36]
    private readonly double[,] pristineCovariance;  // Σ, [36, 36]
    private readonly double[,] window;              // Gaussian, sums to 1

    /// <summary>Takes the model of undisturbed photographs.</summary>
    /// <param name="pristineMean">Mean of the features, 36 values.</param>
    /// <param name="pristineCovariance">Covariance of the features, 36 x 36.</param>
    /// <param name="window">Gaussian window of odd sides that sums to 1, usually 7 x 7.</param>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public Niqe(double[] pristineMean, double[,] pristineCovariance, double[,] window)
    {
        if (pristineMean.Length != FeatureCount || pristineCovariance.GetLength(0) != FeatureCount || pristineCovariance.GetLength(1) != FeatureCount)
            throw new ArgumentException($"NIQE's model has {FeatureCount} features; given are a mean of {pristineMean.Length} and a covariance of {pristineCovariance.GetLength(0)} x {pristineCovariance.GetLength(1)}.");
        if (window.GetLength(0) % 2 == 0 || window.GetLength(1) % 2 == 0)
            throw new ArgumentException($"The window's sides are odd; given are {window.GetLength(0)} x {window.GetLength(1)}.", nameof(window));
        (this.pristineMean, this.pristineCovariance, this.window) = (pristineMean, pristineCovariance, window);
    }

    /// <summary>Gets the evaluator with the project's own model of undisturbed photographs, see Data/README.md.</summary>
    /// <remarks>Its figures compare pictures with each other; those of papers are by the authors' model, which may not be passed on here.</remarks>
    public static Niqe Own => OwnModel.Value;

    /// <summary>Judges a picture.</summary>
    /// <param name="picture">At least 96 x 96 pixels; what is left over beside whole blocks is not looked at.</param>
    /// <exception cref="ArgumentException">The picture is smaller than a block.</exception>
    public double Compute(PlanarImage picture) => Distance(Features(picture, window, out _));

    /// <summary>Computes the features of every block.</summary>
    /// <param name="picture">At least 96 x 96 pixels.</param>
    /// <param name="window">Gaussian window.</param>
    /// <param name="sharpness">The mean local deviation of each block, eq. (4).</param>
    /// <returns>[blocks, 36].</returns>
    internal static double[,] Features(PlanarImage picture, double[,] window, out double[] sharpness)
    {
        var (columns, rows) = (picture.Width / BlockSize, picture.Height / BlockSize);
        if (columns == 0 || rows == 0)
            throw new ArgumentException($"{picture.Width} x {picture.Height} pixels are fewer than a {BlockSize} x {BlockSize} block of NIQE.", nameof(picture));

        var luma = ReadLuma(picture, columns * BlockSize, rows * BlockSize);
        var features = new double[columns * rows, FeatureCount];
        sharpness = new double[columns * rows];
        for (var scale = 0; scale < 2; scale++)
        {
            var (normalised, deviation) = Normalise(luma, window);
            var size = BlockSize >> scale;
            for (var i = 0; i < columns * rows; i++)
            {
                NiqeFeatures.Compute(normalised, i / rows * size, i % rows * size, size, features, i, scale * FeaturesPerScale);
                if (scale == 0)
                    sharpness[i] = MeanOf(deviation, i / rows * size, i % rows * size, size);
            }

            if (scale == 0)
                luma = Halve(luma);
        }

        return features;
    }

    private static double MeanOf(double[,] values, int left, int top, int size)
    {
        var sum = 0.0;
        for (var y = top; y < top + size; y++)
        {
            for (var x = left; x < left + size; x++)
                sum += values[y, x];
        }

        return sum / (size * size);
    }

    private static double[,] ReadLuma(PlanarImage picture, int width, int height)
    {
        var luma = new double[height, width];
        var reader = new PlaneReader(picture, MeasuredPlanes.StudioLuma);
        var row = new double[picture.Width];
        for (var y = 0; y < height; y++)
        {
            reader.ReadRow(0, y, row);
            for (var x = 0; x < width; x++)
                luma[y, x] = Math.Round(row[x], MidpointRounding.ToEven);
        }

        return luma;
    }

    // Mean-subtracted, contrast-normalised: (I - μ) / (σ + 1), eq. (1); the picture's edge is repeated beyond it.
    private static (double[,] Normalised, double[,] Deviation) Normalise(double[,] luma, double[,] window)
    {
        var (height, width) = (luma.GetLength(0), luma.GetLength(1));
        var (radiusY, radiusX) = (window.GetLength(0) / 2, window.GetLength(1) / 2);
        var (result, deviation) = (new double[height, width], new double[height, width]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (mean, square) = (0.0, 0.0);
                for (var j = -radiusY; j <= radiusY; j++)
                {
                    for (var i = -radiusX; i <= radiusX; i++)
                    {
                        var value = luma[Math.Clamp(y + j, 0, height - 1), Math.Clamp(x + i, 0, width - 1)];
                        var weight = window[j + radiusY, i + radiusX];
                        mean += weight * value;
                        square += weight * value * value;
                    }
                }

                deviation[y, x] = Math.Sqrt(Math.Abs(square - (mean * mean)));
                result[y, x] = (luma[y, x] - mean) / (deviation[y, x] + 1);
            }
        }

        return (result, deviation);
    }

    private static double[,] Halve(double[,] luma)
    {
        var result = new double[luma.GetLength(0) / 2, luma.GetLength(1) / 2];
        for (var y = 0; y < result.GetLength(0); y++)
        {
            for (var x = 0; x < result.GetLength(1); x++)
                result[y, x] = (luma[2 * y, 2 * x] + luma[2 * y, (2 * x) + 1] + luma[(2 * y) + 1, 2 * x] + luma[(2 * y) + 1, (2 * x) + 1]) / 4;
        }

        return result;
    }

    // sqrt((ν1 - ν2)ᵀ ((Σ1 + Σ2) / 2)⁻¹ (ν1 - ν2)), eq. (10)
    private double Distance(double[,] features)
    {
        var (mean, covariance) = FeatureStatistics.Compute(features);
        var pooled = new double[FeatureCount, FeatureCount];
        var difference = new double[FeatureCount];
        for (var i = 0; i < FeatureCount; i++)
        {
            difference[i] = pristineMean[i] - mean[i];
            for (var j = 0; j < FeatureCount; j++)
                pooled[i, j] = (pristineCovariance[i, j] + covariance[i, j]) / 2;
        }

        return Math.Sqrt(FeatureStatistics.InverseQuadraticForm(pooled, difference));
    }
}
