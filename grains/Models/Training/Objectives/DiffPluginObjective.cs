using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Schedulers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>Diff-Plugin's training of one task: Stable Diffusion and CLIP stay as they are, TPB and SCB learn to denoise.</summary>
/// <remarks>Liu et al. 2024, arXiv:2403.00644, eq. (3), as the official <c>train.py</c>: CLIP sees the picture by plain bilinear scaling, unlike when it serves.</remarks>
public sealed class DiffPluginObjective
{
    private readonly DiffPluginNetworks networks;
    private readonly int task;
    private readonly NoiseSchedule schedule;

    /// <summary>Freezes what does not learn.</summary>
    /// <param name="networks">The networks; owned by the caller.</param>
    /// <param name="task">Index of the task that learns.</param>
    /// <param name="scheduler">The checkpoint's noise schedule; the networks predict the noise.</param>
    public DiffPluginObjective(DiffPluginNetworks networks, int task, SchedulerConfig scheduler)
    {
        (this.networks, this.task) = (networks, task);
        schedule = new NoiseSchedule(scheduler);
        var others = networks.Plugins.Where((_, index) => index != task).SelectMany(plugin => (nn.Module[])[plugin.Prompts, plugin.Complements]);
        foreach (var parameter in others.Concat([networks.Vision, networks.UNet, networks.Vae]).SelectMany(network => network.parameters()))
            parameter.requires_grad = false;
    }

    /// <summary>Gets the parameters that learn, by branch (<c>tpb</c>, <c>scb</c>) and name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Learned =>
        networks.Plugins[task].Prompts.named_parameters().Select(pair => ($"tpb.{pair.name}", pair.parameter))
            .Concat(networks.Plugins[task].Complements.named_parameters().Select(pair => ($"scb.{pair.name}", pair.parameter)));

    /// <summary>What CLIP sees in training.</summary>
    /// <param name="degraded">[B, 3, H, W] in [-1, 1].</param>
    /// <returns>[B, 3, S, S]; the caller disposes it.</returns>
    public Tensor ClipPixels(Tensor degraded) => ClipPixels(degraded, networks.Vision.Config.ImageSide);

    /// <summary>What CLIP sees in training.</summary>
    /// <param name="degraded">[B, 3, H, W] in [-1, 1].</param>
    /// <param name="side">S (pixels).</param>
    /// <returns>[B, 3, S, S]; the caller disposes it.</returns>
    public static Tensor ClipPixels(Tensor degraded, long side)
    {
        using var scope = NewDisposeScope();
        var scaled = nn.functional.interpolate((degraded + 1) / 2, [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
        return ClipImageProcessor.Normalise(scaled).MoveToOuterDisposeScope();
    }

    /// <summary>The picture's latent as SCB takes it.</summary>
    /// <param name="degraded">[B, 3, H, W] in [-1, 1].</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor PictureLatent(Tensor degraded) => networks.EncodePicture(degraded);

    /// <summary>Runs the networks on a batch.</summary>
    /// <returns>What came of it; the caller disposes it.</returns>
    public DenoisingPass Run(DiffPluginBatch batch)
    {
        using var scope = NewDisposeScope();
        Tensor clean, picture, seen;
        using (no_grad())
        {
            clean = networks.DrawLatent(batch.Image, batch.EncodingNoise);      // z_0
            picture = PictureLatent(batch.Degraded);
            seen = networks.SeeTokens(ClipPixels(batch.Degraded));
        }

        var noisy = schedule.AddNoise(clean, batch.Noise, batch.Timesteps);     // z_t
        var prompts = networks.Plugins[task].Prompts.call(seen);                // F^p
        var answer = networks.Predict(noisy, batch.Timesteps, prompts, picture, [.. Enumerable.Repeat(task, (int)noisy.shape[0])]);
        return new DenoisingPass(
            clean.MoveToOuterDisposeScope(), noisy.MoveToOuterDisposeScope(), prompts.MoveToOuterDisposeScope(), answer.MoveToOuterDisposeScope());
    }

    /// <summary>The loss of a pass, eq. (3).</summary>
    /// <returns>A scalar; the caller disposes it.</returns>
    public static Tensor Loss(DiffPluginBatch batch, DenoisingPass pass) => DenoisingObjective.Loss(pass.Answer, batch.Noise);
}

/// <summary>What a training step of Diff-Plugin is given.</summary>
/// <param name="Image">Pictures without the degradation, [B, 3, H, W] in [-1, 1].</param>
/// <param name="Degraded">The same with it, [B, 3, H, W] in [-1, 1].</param>
/// <param name="Timesteps">[B] int64.</param>
/// <param name="EncodingNoise">Noise of the VAE's sample, [B, C, h, w].</param>
/// <param name="Noise">Noise to be predicted, [B, C, h, w].</param>
public sealed record DiffPluginBatch(Tensor Image, Tensor Degraded, Tensor Timesteps, Tensor EncodingNoise, Tensor Noise);
