namespace Darkroom.Models.Schedulers;

/// <summary>The numbers of one step of UniPC: how much each difference of predictions counts.</summary>
/// <param name="Phi1">exp(±h) - 1.</param>
/// <param name="B">B(h).</param>
/// <param name="Rho">ρ, one a difference; the corrector's last one belongs to the prediction after the step.</param>
/// <remarks>Zhao et al. 2023, arXiv:2302.04867, eq. (5) and proposition C.1: R ρ B(h) = b.</remarks>
internal sealed record UniPcCoefficients(double Phi1, double B, double[] Rho)
{
    /// <summary>Solves for ρ.</summary>
    /// <param name="stride">h = λ after the step - λ before it.</param>
    /// <param name="ratios">r_k of the predictions before the newest.</param>
    /// <param name="predictClean">Whether the solver works on the clean sample.</param>
    /// <param name="bh1">Whether B(h) = h.</param>
    /// <param name="corrector">Whether the prediction after the step (r = 1) takes part.</param>
    public static UniPcCoefficients Make(double stride, double[] ratios, bool predictClean, bool bh1, bool corrector)
    {
        var h = predictClean ? -stride : stride;
        var phi1 = ExpMinusOne(h);
        var b = bh1 ? h : phi1;
        double[] points = corrector ? [.. ratios, 1.0] : ratios;
        // Of second order the reference takes 1/2 for the solution: the predictor's exactly so, the corrector's when there is no past.
        if (points.Length == 1)
            return new UniPcCoefficients(phi1, b, [0.5]);

        var count = points.Length;
        var matrix = new double[count, count];
        var right = new double[count];
        var (phi, factorial) = ((phi1 / h) - 1, 1.0);
        for (var row = 0; row < count; row++)
        {
            for (var column = 0; column < count; column++)
                matrix[row, column] = Math.Pow(points[column], row);
            right[row] = phi * factorial / b;
            factorial *= row + 2;
            phi = (phi / h) - (1 / factorial);
        }

        return new UniPcCoefficients(phi1, b, Solve(matrix, right));
    }

    // Gaussian elimination with the largest pivot; at most 3 x 3.
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var count = right.Length;
        for (var column = 0; column < count; column++)
        {
            var pivot = Enumerable.Range(column, count - column).MaxBy(row => Math.Abs(matrix[row, column]));
            for (var k = 0; k < count; k++)
                (matrix[column, k], matrix[pivot, k]) = (matrix[pivot, k], matrix[column, k]);
            (right[column], right[pivot]) = (right[pivot], right[column]);
            for (var row = column + 1; row < count; row++)
            {
                var factor = matrix[row, column] / matrix[column, column];
                for (var k = column; k < count; k++)
                    matrix[row, k] -= factor * matrix[column, k];
                right[row] -= factor * right[column];
            }
        }

        var solution = new double[count];
        for (var row = count - 1; row >= 0; row--)
        {
            var sum = right[row];
            for (var k = row + 1; k < count; k++)
                sum -= matrix[row, k] * solution[k];
            solution[row] = sum / matrix[row, row];
        }

        return solution;
    }

    // Small h: the difference of nearly equal numbers would lose half the digits.
    private static double ExpMinusOne(double h) => Math.Abs(h) < 1e-5 ? h + (h * h / 2) : Math.Exp(h) - 1;
}
