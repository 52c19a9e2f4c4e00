using static TorchSharp.torch;

namespace Darkroom.Models.StableDiffusion;

/// <summary>What the VAE's encoder says about a picture: a mean and a variance for each cell of the latent.</summary>
public sealed class LatentDistribution : IDisposable
{
    private const double MinLogVariance = -30;
    private const double MaxLogVariance = 20;

    internal LatentDistribution(Tensor moments) => Moments = moments;

    /// <summary>Gets mean and raw log variance, one behind the other, [B, 2C, h, w].</summary>
    public Tensor Moments { get; }

    /// <summary>The most likely latent.</summary>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor Mean() => Moments.narrow(1, 0, Moments.shape[1] / 2);

    /// <summary>The logarithm of the variance, between -30 and 20.</summary>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor LogVariance()
    {
        using var raw = Moments.narrow(1, Moments.shape[1] / 2, Moments.shape[1] / 2);
        return raw.clamp(MinLogVariance, MaxLogVariance);
    }

    /// <summary>The standard deviation.</summary>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor StandardDeviation()
    {
        using var scope = NewDisposeScope();
        return (LogVariance() * 0.5).exp().MoveToOuterDisposeScope();
    }

    /// <summary>A latent drawn with given noise.</summary>
    /// <param name="noise">Standard normal, [B, C, h, w].</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor Sample(Tensor noise)
    {
        using var scope = NewDisposeScope();
        return (Mean() + StandardDeviation() * noise).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the moments; latents taken from them stay.</summary>
    public void Dispose() => Moments.Dispose();
}
