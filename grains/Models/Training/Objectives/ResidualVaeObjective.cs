using Darkroom.Models.DarkDiff;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>Features of a network that was trained to see, such as VGG's, which the user imports.</summary>
public interface IPerceptualFeatures
{
    /// <summary>Gives the features of several layers.</summary>
    /// <param name="image">[B, 3, H, W] in about [-1, 1].</param>
    /// <returns>[B, C, h, w] each; the caller disposes them.</returns>
    IReadOnlyList<Tensor> Features(Tensor image);
}

/// <summary>Weights of the losses of DarkDiff's first stage.</summary>
/// <param name="Perceptual">Of the perceptual loss.</param>
/// <param name="Adversarial">Of the adversarial loss, on top of its adaptive weight.</param>
/// <param name="Divergence">Of the divergence from a normal latent.</param>
public sealed record ResidualVaeWeights(double Perceptual = 1, double Adversarial = 0.5, double Divergence = 1e-6);

/// <summary>DarkDiff's first stage: the residual VAE learns to make the clean sRGB picture of the noisy linear one.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, section 5, which names Rombach et al. 2022, arXiv:2112.10752, appendix G: absolute error,
/// perceptual loss, patch-based adversarial loss and a slight divergence; weights and the adaptive weight of the adversarial loss
/// as in Esser et al. 2021, arXiv:2012.09841, eq. (7).
/// </remarks>
/// <param name="autoencoder">The residual VAE.</param>
/// <param name="discriminator">The discriminator, which learns by <see cref="DiscriminatorLoss"/>.</param>
/// <param name="features">What the perceptual loss compares; null for no such loss, whose weight must then be 0.</param>
/// <param name="weights">The losses' weights.</param>
public sealed class ResidualVaeObjective(
    ResidualAutoencoder autoencoder, PatchDiscriminator discriminator, IPerceptualFeatures? features, ResidualVaeWeights weights)
{
    private const double MaxAdaptiveWeight = 1e4;
    private const double AdaptiveEpsilon = 1e-4;
    private const double NormEpsilon = 1e-10;

    /// <summary>The discriminator's loss: photographs above 1, what the decoder makes below -1.</summary>
    /// <param name="real">Scores of photographs.</param>
    /// <param name="made">Scores of what the decoder made.</param>
    /// <returns>[]; the caller disposes it.</returns>
    public static Tensor DiscriminatorLoss(Tensor real, Tensor made)
    {
        using var scope = NewDisposeScope();
        return (((1 - real).relu().mean() + (1 + made).relu().mean()) / 2).MoveToOuterDisposeScope();
    }

    /// <summary>How far two pictures are from each other in what a network sees: each place's features at unit length.</summary>
    /// <remarks>Zhang et al. 2018, arXiv:1801.03924, eq. (1), all channels alike.</remarks>
    /// <returns>[]; the caller disposes it.</returns>
    public static Tensor Perceptual(IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second)
    {
        using var scope = NewDisposeScope();
        return first.Zip(second, (a, b) => (Unit(a) - Unit(b)).square().sum(1).mean()).Aggregate((a, b) => a + b).MoveToOuterDisposeScope();

        static Tensor Unit(Tensor map) => map / (map.square().sum(1, keepdim: true) + NormEpsilon).sqrt();
    }

    /// <summary>How far a latent's distribution is from the standard normal one, in nats a picture.</summary>
    /// <param name="mean">[B, C, h, w].</param>
    /// <param name="logVariance">[B, C, h, w].</param>
    /// <returns>[]; the caller disposes it.</returns>
    public static Tensor Divergence(Tensor mean, Tensor logVariance)
    {
        using var scope = NewDisposeScope();
        return ((mean.square() + logVariance.exp() - 1 - logVariance).flatten(1).sum(1).mean() * 0.5).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the VAE's losses of a batch.</summary>
    /// <param name="noisyLinear">Amplified pictures taken in the dark, linear, [B, 3, H, W], at most 1.</param>
    /// <param name="cleanSrgb">The same without noise, rendered, [B, 3, H, W] in 0..1.</param>
    /// <param name="noise">For the latents, [B, C, h, w].</param>
    /// <returns>The losses; in the caller's dispose scope.</returns>
    public ResidualVaeLosses Compute(Tensor noisyLinear, Tensor cleanSrgb, Tensor noise)
    {
        var target = (cleanSrgb * 2) - 1;
        var picture = autoencoder.Encode((noisyLinear * 2) - 1);
        var decoded = autoencoder.Decode(picture.Latent.Sample(noise), picture);
        var absolute = nn.functional.l1_loss(decoded, target);
        var perceptual = features is null
            ? weights.Perceptual == 0 ? zeros_like(absolute) : throw new InvalidOperationException($"The perceptual loss has the weight {weights.Perceptual}, and there is no network to compute it with.")
            : Perceptual(features.Features(decoded), features.Features(target));
        var reconstruction = absolute + (perceptual * weights.Perceptual);
        var adversarial = -discriminator.call(decoded).mean();
        var divergence = Divergence(picture.Latent.Mean(), picture.Latent.LogVariance());
        var adaptive = AdaptiveWeight(reconstruction, adversarial);
        var total = reconstruction + (adversarial * (adaptive * weights.Adversarial)) + (divergence * weights.Divergence);
        return new ResidualVaeLosses(decoded, absolute, perceptual, adversarial, divergence, adaptive, total);
    }

    // So that at the decoder's last layer both pull about equally.
    private double AdaptiveWeight(Tensor reconstruction, Tensor adversarial)
    {
        using var scope = NewDisposeScope();
        var last = autoencoder.OutputWeight;
        if (!last.requires_grad)
            return 1;
        var (own, other) = (Norm(reconstruction), Norm(adversarial));
        return Math.Clamp(own / (other + AdaptiveEpsilon), 0, MaxAdaptiveWeight);

        double Norm(Tensor loss) => autograd.grad([loss], [last], retain_graph: true)[0].norm().ToDouble();
    }
}

/// <summary>The losses of a batch.</summary>
/// <param name="Decoded">What the VAE made, about [-1, 1].</param>
/// <param name="Absolute">Mean absolute error.</param>
/// <param name="Perceptual">Perceptual loss.</param>
/// <param name="Adversarial">Minus the discriminator's mean score.</param>
/// <param name="Divergence">Divergence from the standard normal distribution.</param>
/// <param name="AdaptiveWeight">What the adversarial loss was multiplied with besides its own weight.</param>
/// <param name="Total">What is minimised.</param>
public sealed record ResidualVaeLosses(
    Tensor Decoded, Tensor Absolute, Tensor Perceptual, Tensor Adversarial, Tensor Divergence, double AdaptiveWeight, Tensor Total);
