namespace Darkroom.Imaging.Metrics;

/// <summary>Fits the asymmetric generalised Gaussian distribution to values, by moments.</summary>
/// <param name="Alpha">Shape.</param>
/// <param name="BetaLeft">Scale below 0.</param>
/// <param name="BetaRight">Scale above 0.</param>
/// <remarks>Lasmar, Stitou, Berthoumieu 2009, as used by Mittal, Soundararajan, Bovik 2013 (NIQE), eq. (8) to (11).</remarks>
internal readonly record struct AsymmetricGaussian(double Alpha, double BetaLeft, double BetaRight)
{
    private const double FirstAlpha = 0.2, AlphaStep = 0.001;
    private const int AlphaCount = 9801;

    // r(α) = Γ(2/α)² / (Γ(1/α) Γ(3/α)) for α = 0.2, 0.201, .. 10; it rises with α.
    private static readonly double[] Ratios = [.. Enumerable.Range(0, AlphaCount).Select(i => Ratio(FirstAlpha + (i * AlphaStep)))];

    /// <summary>Gets the mean of the distribution (η).</summary>
    internal double Mean => (BetaRight - BetaLeft) * (GammaFunction.Compute(2 / Alpha) / GammaFunction.Compute(1 / Alpha));

    /// <summary>Fits; values that all lie on one side of 0 give NaN scales.</summary>
    internal static AsymmetricGaussian Fit(ReadOnlySpan<double> values)
    {
        var (left, right, absolute, leftCount, rightCount) = (0.0, 0.0, 0.0, 0, 0);
        foreach (var value in values)
        {
            absolute += Math.Abs(value);
            if (value < 0)
            {
                left += value * value;
                leftCount++;
            }
            else if (value > 0)
            {
                right += value * value;
                rightCount++;
            }
        }

        var leftStd = Math.Sqrt(left / leftCount);
        var rightStd = Math.Sqrt(right / rightCount);
        var gamma = leftStd / rightStd;                                             // γ̂
        var mean = absolute / values.Length;
        var ratio = mean * mean / ((left + right) / values.Length);                 // r̂
        var target = ratio * (Math.Pow(gamma, 3) + 1) * (gamma + 1) / Math.Pow((gamma * gamma) + 1, 2);   // R̂

        var alpha = FirstAlpha + (Nearest(target) * AlphaStep);
        var scale = Math.Sqrt(GammaFunction.Compute(1 / alpha) / GammaFunction.Compute(3 / alpha));
        return new AsymmetricGaussian(alpha, leftStd * scale, rightStd * scale);
    }

    private static int Nearest(double target)
    {
        if (double.IsNaN(target))
            return 0;
        var found = Array.BinarySearch(Ratios, target);
        if (found >= 0)
            return found;
        var above = ~found;
        if (above == 0 || above == AlphaCount)
            return Math.Min(above, AlphaCount - 1);
        return target - Ratios[above - 1] <= Ratios[above] - target ? above - 1 : above;
    }

    private static double Ratio(double alpha)
    {
        var numerator = GammaFunction.Compute(2 / alpha);
        return numerator * numerator / (GammaFunction.Compute(1 / alpha) * GammaFunction.Compute(3 / alpha));
    }
}
