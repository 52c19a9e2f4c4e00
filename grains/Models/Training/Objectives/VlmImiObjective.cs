using Darkroom.Models.Schedulers;
using Darkroom.Models.VlmImi;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>VLM-IMI's training: Stable Diffusion and T5 stay as they are; IPFM, ControlNet and its picture embedding learn to denoise.</summary>
/// <remarks>
/// Sun et al. 2025, VLM-IMI, eq. (4), as the official <c>train.py</c>: IPFM and noise share one timestep, and the target follows the
/// scheduler's prediction type.
/// </remarks>
public sealed class VlmImiObjective
{
    private readonly VlmImiNetworks networks;
    private readonly SchedulerConfig scheduler;
    private readonly NoiseSchedule schedule;

    /// <summary>Freezes what does not learn.</summary>
    /// <param name="networks">The networks; owned by the caller.</param>
    /// <param name="scheduler">The checkpoint's noise schedule.</param>
    public VlmImiObjective(VlmImiNetworks networks, SchedulerConfig scheduler)
    {
        (this.networks, this.scheduler) = (networks, scheduler);
        schedule = new NoiseSchedule(scheduler);
        foreach (var frozen in (nn.Module[])[networks.TextEncoder, networks.UNet, networks.Vae])
        {
            foreach (var parameter in frozen.parameters())
                parameter.requires_grad = false;
        }
    }

    /// <summary>Gets the parameters that learn, by network and name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Learned =>
        networks.Ipfm.named_parameters().Select(pair => ($"ipfm.{pair.name}", pair.parameter))
            .Concat(networks.ControlNet.named_parameters().Select(pair => ($"controlnet.{pair.name}", pair.parameter)));

    /// <summary>Runs the networks on a batch.</summary>
    /// <returns>What came of it; the caller disposes it.</returns>
    public DenoisingPass Run(VlmImiBatch batch)
    {
        using var scope = NewDisposeScope();
        Tensor clean;
        using (no_grad())
            clean = networks.Encode(batch.Image, batch.EncodingNoise);          // z_0, [B, C, h, w]
        var noisy = schedule.AddNoise(clean, batch.Noise, batch.Timesteps);     // z_t
        var tokens = networks.Fuse(batch.Ids, batch.Mask, batch.Timesteps);
        var answer = networks.Predict(noisy, batch.Timesteps, tokens, batch.Degraded);
        return new DenoisingPass(
            clean.MoveToOuterDisposeScope(), noisy.MoveToOuterDisposeScope(), tokens.MoveToOuterDisposeScope(), answer.MoveToOuterDisposeScope());
    }

    /// <summary>The loss of a pass, eq. (4).</summary>
    /// <param name="batch">The batch of the pass.</param>
    /// <param name="pass">What <see cref="Run"/> gave.</param>
    /// <param name="prediction">What the networks predict; null for what the scheduler's configuration says.</param>
    /// <returns>A scalar; the caller disposes it.</returns>
    public Tensor Loss(VlmImiBatch batch, DenoisingPass pass, PredictionType? prediction = null)
    {
        using var scope = NewDisposeScope();
        var target = DenoisingObjective.Target(schedule, prediction ?? scheduler.PredictionType, pass.Clean, batch.Noise, batch.Timesteps);
        return DenoisingObjective.Loss(pass.Answer, target).MoveToOuterDisposeScope();
    }
}

/// <summary>What a training step of VLM-IMI is given.</summary>
/// <param name="Image">Pictures in good light, [B, 3, H, W] in [-1, 1].</param>
/// <param name="Degraded">The same in low light, [B, 3, H, W] in [-1, 1].</param>
/// <param name="Ids">Token ids of the captions, [B, N].</param>
/// <param name="Mask">1 for tokens, 0 for padding, [B, N].</param>
/// <param name="Timesteps">[B] int64.</param>
/// <param name="EncodingNoise">Noise of the VAE's sample, [B, C, h, w].</param>
/// <param name="Noise">Noise to be predicted, [B, C, h, w].</param>
public sealed record VlmImiBatch(Tensor Image, Tensor Degraded, Tensor Ids, Tensor Mask, Tensor Timesteps, Tensor EncodingNoise, Tensor Noise);
