namespace Darkroom.Imaging.Metrics;

/// <summary>NIQE's 18 features of a block: a fit of its values, and of the products with four neighbours.</summary>
internal static class NiqeFeatures
{
    // Right, down, down-right and down-left: where the neighbour's value comes from when the block is rolled.
    private static readonly (int Y, int X)[] Shifts = [(0, 1), (1, 0), (1, 1), (1, -1)];

    internal static void Compute(double[,] image, int left, int top, int size, double[,] features, int block, int first)
    {
        var values = new double[size * size];
        for (var i = 0; i < values.Length; i++)
            values[i] = image[top + (i / size), left + (i % size)];
        var fit = AsymmetricGaussian.Fit(values);
        features[block, first++] = fit.Alpha;
        features[block, first++] = (fit.BetaLeft + fit.BetaRight) / 2;

        var products = new double[values.Length];
        foreach (var (shiftY, shiftX) in Shifts)
        {
            for (var i = 0; i < values.Length; i++)
            {
                // The block is rolled: what leaves at one side comes in at the other.
                var y = ((i / size) - shiftY + size) % size;
                var x = ((i % size) - shiftX + size) % size;
                products[i] = values[i] * values[(y * size) + x];
            }

            fit = AsymmetricGaussian.Fit(products);
            features[block, first++] = fit.Alpha;
            features[block, first++] = fit.Mean;
            features[block, first++] = fit.BetaLeft;
            features[block, first++] = fit.BetaRight;
        }
    }
}
