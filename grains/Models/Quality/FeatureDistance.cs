using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Quality;

/// <summary>Distances between two sets of pictures by their features.</summary>
public static class FeatureDistance
{
    /// <summary>The least pictures of a set that have a covariance.</summary>
    public const int MinCount = 2;

    /// <summary>Fréchet distance of the normal distributions with the sets' means and covariances: FID.</summary>
    /// <remarks>
    /// Heusel et al. 2017, arXiv:1706.08500, eq. (6): |μ1 - μ2|² + tr(Σ1 + Σ2 - 2 (Σ1 Σ2)^½). With Σ = AᵀA, A the centred features over
    /// √(n - 1), the trace of the root is the sum of the singular values of A1 A2ᵀ: no root of a singular matrix is taken, and what
    /// pytorch-fid adds to the diagonal where its root fails is not needed. Figures of few pictures are too high, by any formula.
    /// </remarks>
    /// <param name="first">[N, F].</param>
    /// <param name="second">[M, F].</param>
    /// <exception cref="ArgumentException">A set has fewer than two pictures.</exception>
    public static double Frechet(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var (meanA, a) = Centre(first);
        var (meanB, b) = Centre(second);
        var root = linalg.svdvals(a.matmul(b.transpose(0, 1))).sum();
        return ((meanA - meanB).square().sum() + a.square().sum() + b.square().sum() - (2 * root)).ToDouble();
    }

    /// <summary>Squared maximum mean discrepancy with a polynomial kernel of degree 3, without bias: KID. It may be below 0 by chance.</summary>
    /// <remarks>Bińkowski et al. 2018, arXiv:1801.01401, eq. (4), of the whole sets; libraries average it over random subsets of 1000.</remarks>
    /// <param name="first">[N, F].</param>
    /// <param name="second">[M, F].</param>
    /// <exception cref="ArgumentException">A set has fewer than two pictures.</exception>
    public static double Kernel(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Require(first), Require(second));
        return (WithoutDiagonal(Polynomial(a, a)) + WithoutDiagonal(Polynomial(b, b)) - (2 * Polynomial(a, b).mean())).ToDouble();

        static Tensor Polynomial(Tensor x, Tensor y) => ((x.matmul(y.transpose(0, 1)) / x.shape[1]) + 1).pow(3);

        static Tensor WithoutDiagonal(Tensor kernel) => (kernel.sum() - kernel.diagonal().sum()) / (kernel.shape[0] * (kernel.shape[0] - 1));
    }

    private static (Tensor Mean, Tensor Centred) Centre(Tensor features)
    {
        var values = Require(features);
        var mean = values.mean([0], keepdim: true);
        return (mean, (values - mean) / Math.Sqrt(values.shape[0] - 1));
    }

    private static Tensor Require(Tensor features) => features.shape[0] >= MinCount
        ? features.to(ScalarType.Float64)
        : throw new ArgumentException($"A distance of sets needs at least {MinCount} pictures in each; one has {features.shape[0]}.");
}
