using Darkroom.Models.DarkDiff;
using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>DarkDiff's second stage: UNet and context processor learn the noise, and that what the decoder makes of the latent is right.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, eq. (1), (8) and (9). The residual VAE is frozen: <see cref="DarkDiffNetworks.FreezeAutoencoder"/>. Eq. (9)'s norm is not in the text; ours is
/// the squared one, and the absolute one is computed beside it. The clean latent is of the clean linear picture (appendix).
/// </remarks>
/// <param name="networks">The networks.</param>
/// <param name="schedule">The noise schedule.</param>
/// <param name="decoderWeight">Weight of the decoder's loss.</param>
public sealed class DarkDiffObjective(DarkDiffNetworks networks, NoiseSchedule schedule, double decoderWeight)
{
    /// <summary>Computes the losses of a batch.</summary>
    /// <param name="batch">The pictures.</param>
    /// <param name="text">Tokens of the empty prompt, [B, N, D].</param>
    /// <param name="noise">ε, shaped as the latents.</param>
    /// <param name="timesteps">t, [B] int64.</param>
    /// <returns>The losses and what they were computed of; in the caller's dispose scope.</returns>
    public DarkDiffLosses Compute(DarkDiffBatch batch, Tensor text, Tensor noise, Tensor timesteps)
    {
        var scale = networks.Autoencoder.Config.ScalingFactor;
        var picture = networks.Autoencoder.Encode((batch.NoisyLinear * 2) - 1);
        var condition = picture.Latent.Mean() * scale;
        var clean = networks.Autoencoder.Encode((batch.CleanLinear * 2) - 1).Latent.Mean() * scale;
        var noisyLatent = schedule.AddNoise(clean, noise, timesteps);

        var prediction = networks.Predict(noisyLatent, condition, timesteps, text);
        var predictedClean = CleanPrediction.Of(schedule, noisyLatent, prediction, timesteps);          // eq. (8)
        var decoded = networks.Autoencoder.Decode(predictedClean / scale, picture);
        var target = (batch.TargetSrgb * 2) - 1;
        var diffusion = DenoisingObjective.Loss(prediction, noise);                                 // eq. (1)
        var decoder = nn.functional.mse_loss(decoded, target);                                      // eq. (9)
        return new DarkDiffLosses(
            condition, clean, noisyLatent, prediction, predictedClean, decoded, diffusion, decoder,
            nn.functional.l1_loss(decoded, target), diffusion + (decoder * decoderWeight));
    }
}

/// <summary>A batch of DarkDiff's second stage.</summary>
/// <param name="NoisyLinear">The amplified picture taken in the dark, linear, [B, 3, H, W], at most 1.</param>
/// <param name="CleanLinear">The same without noise.</param>
/// <param name="TargetSrgb">The same without noise, rendered, in 0..1.</param>
public sealed record DarkDiffBatch(Tensor NoisyLinear, Tensor CleanLinear, Tensor TargetSrgb);

/// <summary>The losses of a batch, and what they were computed of.</summary>
/// <param name="Condition">Scaled latent of the noisy picture, z_c.</param>
/// <param name="Clean">Scaled latent of the clean picture, z₀.</param>
/// <param name="Noisy">z_t.</param>
/// <param name="Prediction">ε_θ.</param>
/// <param name="PredictedClean">ẑ₀, scaled.</param>
/// <param name="Decoded">What the decoder makes of ẑ₀, in about [-1, 1].</param>
/// <param name="Diffusion">Eq. (1).</param>
/// <param name="Decoder">Eq. (9), squared.</param>
/// <param name="DecoderAbsolute">Eq. (9), absolute; not in <paramref name="Total"/>.</param>
/// <param name="Total">What is minimised.</param>
public sealed record DarkDiffLosses(
    Tensor Condition, Tensor Clean, Tensor Noisy, Tensor Prediction, Tensor PredictedClean, Tensor Decoded,
    Tensor Diffusion, Tensor Decoder, Tensor DecoderAbsolute, Tensor Total);
