namespace Darkroom.Imaging.Metrics;

/// <summary>Mean and covariance of feature vectors, and distances by them.</summary>
internal static class FeatureStatistics
{
    /// <summary>Computes the statistics of the rows.</summary>
    /// <param name="features">[samples, features]; a fit that failed is NaN.</param>
    /// <returns>The mean without NaN, and the unbiased covariance of the rows without NaN.</returns>
    internal static (double[] Mean, double[,] Covariance) Compute(double[,] features)
    {
        var count = features.GetLength(1);
        var whole = Enumerable.Range(0, features.GetLength(0)).Where(row => IsWhole(features, row)).ToArray();
        var mean = new double[count];
        var centre = new double[count];
        for (var j = 0; j < count; j++)
        {
            mean[j] = Enumerable.Range(0, features.GetLength(0)).Select(row => features[row, j]).Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN).Average();
            centre[j] = whole.Select(row => features[row, j]).DefaultIfEmpty(double.NaN).Average();
        }

        var covariance = new double[count, count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
                covariance[i, j] = whole.Sum(row => (features[row, i] - centre[i]) * (features[row, j] - centre[j])) / Math.Max(whole.Length - 1, 1);
        }

        return (mean, covariance);
    }

    /// <summary>Computes xᵀ A⁻¹ x by Cholesky's decomposition.</summary>
    /// <exception cref="ArgumentException">The matrix is not positive definite.</exception>
    internal static double InverseQuadraticForm(double[,] matrix, double[] vector)
    {
        // A = L Lᵀ, then y = L⁻¹ x and the form is |y|².
        var size = vector.Length;
        var lower = new double[size, size];
        var sum = 0.0;
        var solution = new double[size];
        for (var i = 0; i < size; i++)
        {
            var right = vector[i];
            for (var j = 0; j <= i; j++)
            {
                var value = matrix[i, j];
                for (var k = 0; k < j; k++)
                    value -= lower[i, k] * lower[j, k];
                if (i == j && value <= 0)
                    throw new ArgumentException("The covariance is not positive definite.", nameof(matrix));
                lower[i, j] = i == j ? Math.Sqrt(value) : value / lower[j, j];
                if (j < i)
                    right -= lower[i, j] * solution[j];
            }

            solution[i] = right / lower[i, i];
            sum += solution[i] * solution[i];
        }

        return sum;
    }

    private static bool IsWhole(double[,] features, int row)
    {
        for (var j = 0; j < features.GetLength(1); j++)
        {
            if (double.IsNaN(features[row, j]))
                return false;
        }

        return true;
    }
}
