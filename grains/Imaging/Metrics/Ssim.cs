namespace Darkroom.Imaging.Metrics;

/// <summary>Which window structural similarity is averaged in.</summary>
public enum SsimWindow
{
    /// <summary>11 x 11 Gaussian of standard deviation 1.5: Wang et al. 2004, MATLAB, and what papers report.</summary>
    Gaussian11,

    /// <summary>7 x 7 mean with sample covariance: scikit-image's default.</summary>
    Uniform7,
}

/// <summary>Structural similarity, averaged over all places where the window fits and over the planes.</summary>
/// <remarks>Wang, Bovik, Sheikh, Simoncelli 2004, eq. (13), K1 = 0.01, K2 = 0.03. Holds a few rows, not whole maps.</remarks>
public static class Ssim
{
    private const double C1 = 0.01 * PlaneReader.Peak * 0.01 * PlaneReader.Peak;
    private const double C2 = 0.03 * PlaneReader.Peak * 0.03 * PlaneReader.Peak;
    private const int Moments = 5;   // a, b, a², b², ab

    /// <summary>Compares two pictures.</summary>
    /// <param name="restored">The picture to judge, at least as large as the window.</param>
    /// <param name="reference">The ground truth, of the same size and number of channels.</param>
    /// <param name="planes">What is compared.</param>
    /// <param name="window">The window.</param>
    /// <returns>At most 1, which equal pictures have.</returns>
    /// <exception cref="ArgumentException">The pictures differ in size or channels, or are smaller than the window.</exception>
    public static double Compute(
        PlanarImage restored, PlanarImage reference, MeasuredPlanes planes = MeasuredPlanes.Channels8, SsimWindow window = SsimWindow.Gaussian11)
    {
        PlaneReader.CheckAlike(restored, reference);
        var taps = window == SsimWindow.Gaussian11 ? Gaussian(11, 1.5) : Enumerable.Repeat(1.0 / 7, 7).ToArray();
        if (restored.Width < taps.Length || restored.Height < taps.Length)
            throw new ArgumentException($"{restored.Width} x {restored.Height} pixels are fewer than the {taps.Length} x {taps.Length} window of SSIM.", nameof(restored));

        // scikit-image's default takes the unbiased covariance, N / (N - 1) with N = 49.
        var covarianceScale = window == SsimWindow.Gaussian11 ? 1.0 : 49.0 / 48.0;
        var (a, b) = (new PlaneReader(restored, planes), new PlaneReader(reference, planes));
        var sum = 0.0;
        for (var plane = 0; plane < a.Count; plane++)
            sum += SumOfPlane(a, b, plane, restored.Width, restored.Height, taps, covarianceScale);
        return sum / ((double)a.Count * (restored.Width - taps.Length + 1) * (restored.Height - taps.Length + 1));
    }

    private static double SumOfPlane(PlaneReader a, PlaneReader b, int plane, int width, int height, double[] taps, double covarianceScale)
    {
        var (rowA, rowB, product) = (new double[width], new double[width], new double[width]);
        var columns = width - taps.Length + 1;

        // The last taps.Length rows, each moment filtered along x; a new row overwrites the oldest.
        var ring = new double[taps.Length][][];
        for (var i = 0; i < ring.Length; i++)
            ring[i] = [.. Enumerable.Range(0, Moments).Select(_ => new double[columns])];

        var sum = 0.0;
        for (var y = 0; y < height; y++)
        {
            a.ReadRow(plane, y, rowA);
            b.ReadRow(plane, y, rowB);
            for (var moment = 0; moment < Moments; moment++)
            {
                for (var x = 0; x < width; x++)
                {
                    product[x] = moment switch
                    {
                        0 => rowA[x],
                        1 => rowB[x],
                        2 => rowA[x] * rowA[x],
                        3 => rowB[x] * rowB[x],
                        _ => rowA[x] * rowB[x],
                    };
                }

                Filter(product, taps, ring[y % taps.Length][moment]);
            }

            if (y >= taps.Length - 1)
                sum += SumOfRow(ring, y - taps.Length + 1, taps, covarianceScale);
        }

        return sum;
    }

    private static double SumOfRow(double[][][] ring, int top, double[] taps, double covarianceScale)
    {
        Span<double> mean = stackalloc double[Moments];
        var sum = 0.0;
        for (var x = 0; x < ring[0][0].Length; x++)
        {
            mean.Clear();
            for (var tap = 0; tap < taps.Length; tap++)
            {
                var row = ring[(top + tap) % taps.Length];
                for (var moment = 0; moment < Moments; moment++)
                    mean[moment] += taps[tap] * row[moment][x];
            }

            var varianceA = covarianceScale * (mean[2] - (mean[0] * mean[0]));
            var varianceB = covarianceScale * (mean[3] - (mean[1] * mean[1]));
            var covariance = covarianceScale * (mean[4] - (mean[0] * mean[1]));
            sum += ((2 * mean[0] * mean[1]) + C1) * ((2 * covariance) + C2)
                / (((mean[0] * mean[0]) + (mean[1] * mean[1]) + C1) * (varianceA + varianceB + C2));   // eq. (13)
        }

        return sum;
    }

    private static void Filter(double[] source, double[] taps, double[] target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var sum = 0.0;
            for (var tap = 0; tap < taps.Length; tap++)
                sum += taps[tap] * source[x + tap];
            target[x] = sum;
        }
    }

    private static double[] Gaussian(int length, double sigma)
    {
        var taps = Enumerable.Range(0, length).Select(i => Math.Exp(-Math.Pow(i - (length / 2), 2) / (2 * sigma * sigma))).ToArray();
        var total = taps.Sum();
        return [.. taps.Select(tap => tap / total)];
    }
}
