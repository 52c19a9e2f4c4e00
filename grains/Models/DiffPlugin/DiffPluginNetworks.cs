using Darkroom.Models.Clip;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Models.DiffPlugin;

/// <summary>Diff-Plugin's networks and how they are wired: one frozen Stable Diffusion, and two small branches a task.</summary>
/// <remarks>Liu et al. 2024, arXiv:2403.00644, Figures 3 and 4. Serving and training call the same members.</remarks>
public sealed class DiffPluginNetworks : IDisposable
{
    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="vision">CLIP's vision tower.</param>
    /// <param name="unet">Stable Diffusion's UNet.</param>
    /// <param name="vae">Stable Diffusion's VAE.</param>
    /// <param name="plugins">The tasks, at least one, in the order in which they are done.</param>
    /// <exception cref="ArgumentException">There is no task, or two have one name; nothing was taken.</exception>
    public DiffPluginNetworks(ClipVisionModel vision, UNet2DCondition unet, AutoencoderKL vae, IReadOnlyList<TaskPlugin> plugins)
    {
        if (plugins.Count == 0)
            throw new ArgumentException("There is no task plugin; at least one is needed.", nameof(plugins));
        if (plugins.GroupBy(plugin => plugin.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"There are {twice.Count()} task plugins named '{twice.Key}'.", nameof(plugins));
        (Vision, UNet, Vae, Plugins) = (vision, unet, vae, plugins);
    }

    /// <summary>Gets CLIP's vision tower.</summary>
    public ClipVisionModel Vision { get; }

    /// <summary>Gets the UNet.</summary>
    public UNet2DCondition UNet { get; }

    /// <summary>Gets the VAE.</summary>
    public AutoencoderKL Vae { get; }

    /// <summary>Gets the tasks.</summary>
    public IReadOnlyList<TaskPlugin> Plugins { get; }

    /// <summary>What CLIP sees: the last layer's tokens without the class token.</summary>
    /// <param name="pixels">As CLIP's preprocessing gives them, [B, 3, S, S].</param>
    /// <returns>[B, N, VisionWidth]; the caller disposes it.</returns>
    public Tensor SeeTokens(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var states = Vision.call(pixels);
        return states.narrow(1, 1, states.shape[1] - 1).MoveToOuterDisposeScope();
    }

    /// <summary>The picture's latent as SCB takes it: the mean, scaled.</summary>
    /// <param name="image">[B, 3, H, W] in [-1, 1].</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor EncodePicture(Tensor image)
    {
        using var scope = NewDisposeScope();
        using var distribution = Vae.Encode(image);
        return (distribution.Mean() * Vae.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the latent of a picture, as training does.</summary>
    /// <param name="image">[B, 3, H, W] in [-1, 1].</param>
    /// <param name="noise">Standard normal, [B, C, h, w].</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor DrawLatent(Tensor image, Tensor noise)
    {
        using var scope = NewDisposeScope();
        using var distribution = Vae.Encode(image);
        return (distribution.Sample(noise) * Vae.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Turns latents into pictures.</summary>
    /// <param name="latents">As the UNet sees them, [B, C, h, w].</param>
    /// <returns>About [-1, 1], not clamped, [B, 3, H, W]; the caller disposes it.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return Vae.Decode(latents / Vae.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts noise for rows of any tasks in one pass of the UNet; each task's SCB sees its own rows only.</summary>
    /// <param name="noisy">Noisy latents, [B, C, h, w].</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="prompts">Each row's task prompt, [B, N, TextWidth].</param>
    /// <param name="pictures">Each row's picture latent, [B, C, h, w].</param>
    /// <param name="tasks">Each row's index in <see cref="Plugins"/>.</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor Predict(Tensor noisy, Tensor timesteps, Tensor prompts, Tensor pictures, IReadOnlyList<int> tasks)
    {
        using var scope = NewDisposeScope();
        var residuals = Complement(timesteps, prompts, pictures, tasks);
        return UNet.Predict(noisy, timesteps, prompts, residuals).MoveToOuterDisposeScope();
    }

    /// <summary>What the tasks' SCBs add to the UNet's skip connections.</summary>
    /// <param name="timesteps">[B].</param>
    /// <param name="prompts">[B, N, TextWidth].</param>
    /// <param name="pictures">[B, C, h, w].</param>
    /// <param name="tasks">Each row's index in <see cref="Plugins"/>.</param>
    /// <returns>The residuals; the caller disposes them.</returns>
    public UNetResiduals Complement(Tensor timesteps, Tensor prompts, Tensor pictures, IReadOnlyList<int> tasks)
    {
        using var scope = NewDisposeScope();
        var rows = new Tensor[tasks.Count][];                                   // each row's residuals
        foreach (var group in tasks.Index().GroupBy(pair => pair.Item, pair => pair.Index))
        {
            var members = group.ToArray();
            Tensor Of(Tensor all) => members.Length == tasks.Count ? all : all.index_select(0, tensor(Array.ConvertAll(members, row => (long)row), device: all.device));
            var given = Plugins[group.Key].Complements.Run(Of(pictures), Of(timesteps), Of(prompts)).Skips;
            for (var i = 0; i < members.Length; i++)
                rows[members[i]] = [.. given.Select(skip => skip.narrow(0, i, 1))];
        }

        return new UNetResiduals([.. Enumerable.Range(0, rows[0].Length).Select(skip => cat([.. rows.Select(row => row[skip])], 0).MoveToOuterDisposeScope())]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Vision.Dispose();
        UNet.Dispose();
        Vae.Dispose();
        foreach (var plugin in Plugins)
        {
            plugin.Prompts.Dispose();
            plugin.Complements.Dispose();
        }
    }
}
