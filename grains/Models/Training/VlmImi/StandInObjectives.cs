using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using Darkroom.Models.VlmImi;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.VlmImi;

/// <summary>What teaches the networks that stand in for Stable Diffusion, which VLM-IMI takes as they are published.</summary>
public static class StandInObjectives
{
    /// <summary>The VAE's loss: absolute error of the picture and a slight divergence of the latents from the normal distribution.</summary>
    /// <remarks>Rombach et al. 2022, arXiv:2112.10752, appendix G, without its perceptual and adversarial losses.</remarks>
    /// <param name="vae">The VAE.</param>
    /// <param name="image">[B, 3, H, W] in [-1, 1].</param>
    /// <param name="noise">For the latents, [B, C, h, w].</param>
    /// <param name="divergenceWeight">Weight of the mean divergence of a latent's element.</param>
    /// <returns>The losses, in the caller's dispose scope.</returns>
    public static StepLosses Autoencoder(AutoencoderKL vae, Tensor image, Tensor noise, double divergenceWeight)
    {
        using var scope = NewDisposeScope();
        using var latents = vae.Encode(image);
        var absolute = nn.functional.l1_loss(vae.Decode(latents.Sample(noise)), image);
        var divergence = ResidualVaeObjective.Divergence(latents.Mean(), latents.LogVariance()) * (noise.shape[0] / (double)noise.numel());
        var total = absolute + (divergence * divergenceWeight);
        return new StepLosses(total.MoveToOuterDisposeScope(), ("absolute", absolute.MoveToOuterDisposeScope()), ("divergence", divergence.MoveToOuterDisposeScope()));
    }

    /// <summary>The base's loss: the UNet denoises pictures in good light by what the caption says, without a ControlNet.</summary>
    /// <remarks>Rombach et al. 2022, arXiv:2112.10752, eq. (3).</remarks>
    /// <param name="networks">The networks.</param>
    /// <param name="schedule">How much noise there is at each timestep.</param>
    /// <param name="prediction">What the UNet predicts.</param>
    /// <param name="batch">The batch; its dark pictures are not looked at.</param>
    /// <returns>A scalar; the caller disposes it.</returns>
    public static Tensor Base(VlmImiNetworks networks, NoiseSchedule schedule, PredictionType prediction, VlmImiBatch batch)
    {
        using var scope = NewDisposeScope();
        Tensor clean;
        using (no_grad())
            clean = networks.Encode(batch.Image, batch.EncodingNoise);
        var noisy = schedule.AddNoise(clean, batch.Noise, batch.Timesteps);
        var tokens = networks.Fuse(batch.Ids, batch.Mask, batch.Timesteps);
        var answer = networks.UNet.Predict(noisy, batch.Timesteps, tokens, residuals: null);
        var target = DenoisingObjective.Target(schedule, prediction, clean, batch.Noise, batch.Timesteps);
        return DenoisingObjective.Loss(answer, target).MoveToOuterDisposeScope();
    }
}
