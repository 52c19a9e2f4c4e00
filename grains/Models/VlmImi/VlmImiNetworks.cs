using Darkroom.Models.StableDiffusion;
using Darkroom.Models.T5;
using static TorchSharp.torch;

namespace Darkroom.Models.VlmImi;

/// <summary>The five networks of VLM-IMI and how they are wired; serving and training call the same members.</summary>
/// <remarks>
/// Sun et al. 2025, VLM-IMI, Figure 2. The text encoder, the UNet and the VAE are published ones and stay as they are; the IPFM and
/// the ControlNet, whose picture embedding is the paper's image encoder, are the paper's own.
/// </remarks>
public sealed class VlmImiNetworks : IDisposable
{
    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="textEncoder">Flan-T5's encoder.</param>
    /// <param name="ipfm">The instruction prior fusion module.</param>
    /// <param name="unet">Stable Diffusion's UNet.</param>
    /// <param name="controlNet">Its copy that sees the picture.</param>
    /// <param name="vae">Stable Diffusion's VAE.</param>
    /// <exception cref="ArgumentException">Their widths do not fit each other; nothing was taken.</exception>
    public VlmImiNetworks(T5Encoder textEncoder, InstructionPriorFusionModule ipfm, UNet2DCondition unet, ControlNet controlNet, AutoencoderKL vae)
    {
        RequireEqual("The IPFM's input_dim", ipfm.Config.TextWidth, "the T5's d_model", textEncoder.Config.Width);
        RequireEqual("The UNet's cross_attention_dim", unet.Config.Encoder.TextWidth, "the IPFM's embedding_dim", ipfm.Config.Width);
        RequireEqual("The ControlNet's cross_attention_dim", controlNet.Config.Encoder.TextWidth, "the IPFM's embedding_dim", ipfm.Config.Width);
        RequireEqual("The UNet's in_channels", unet.Config.Encoder.InputChannels, "the VAE's latent_channels", vae.Config.LatentChannels);
        RequireEqual("The UNet's out_channels", unet.Config.OutputChannels, "the VAE's latent_channels", vae.Config.LatentChannels);
        RequireEqual("The ControlNet's in_channels", controlNet.Config.Encoder.InputChannels, "the VAE's latent_channels", vae.Config.LatentChannels);
        RequireEqual("The ControlNet's conditioning_channels", controlNet.Config.ImageChannels, "the VAE's in_channels", vae.Config.ImageChannels);
        RequireEqual("The pixels a cell of the ControlNet's picture", controlNet.Config.PixelsPerCell, "those of the VAE", vae.Config.PixelsPerCell);
        if (!unet.Config.Encoder.SkipChannels.SequenceEqual(controlNet.Config.Encoder.SkipChannels))
            throw new ArgumentException($"The ControlNet gives residuals of {string.Join(", ", controlNet.Config.Encoder.SkipChannels)} channels; the UNet's skip connections have {string.Join(", ", unet.Config.Encoder.SkipChannels)}.");
        (TextEncoder, Ipfm, UNet, ControlNet, Vae) = (textEncoder, ipfm, unet, controlNet, vae);
    }

    /// <summary>Gets Flan-T5's encoder.</summary>
    public T5Encoder TextEncoder { get; }

    /// <summary>Gets the instruction prior fusion module.</summary>
    public InstructionPriorFusionModule Ipfm { get; }

    /// <summary>Gets the UNet.</summary>
    public UNet2DCondition UNet { get; }

    /// <summary>Gets the ControlNet.</summary>
    public ControlNet ControlNet { get; }

    /// <summary>Gets the VAE.</summary>
    public AutoencoderKL Vae { get; }

    /// <summary>Gets all networks, by the names that they have in fixtures and messages.</summary>
    public IReadOnlyDictionary<string, nn.Module> All => new Dictionary<string, nn.Module>(StringComparer.Ordinal)
    {
        ["text"] = TextEncoder, ["ipfm"] = Ipfm, ["unet"] = UNet, ["controlnet"] = ControlNet, ["vae"] = Vae,
    };

    /// <summary>The text's features that ControlNet and UNet attend to.</summary>
    /// <param name="ids">Token ids, [B, N], padded.</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, N]; the text encoder does not see padding, the IPFM does.</param>
    /// <param name="timesteps">Timesteps of the IPFM, [B] or [1] integers.</param>
    /// <returns>[B, queries, D]; the caller disposes it.</returns>
    public Tensor Fuse(Tensor ids, Tensor mask, Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        return Ipfm.call(TextEncoder.call(ids, mask), timesteps).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts noise, or whatever the checkpoint was trained to predict.</summary>
    /// <param name="noisy">Noisy latents as the UNet sees them, [B, C, h, w].</param>
    /// <param name="timesteps">[B] or [1].</param>
    /// <param name="tokens">What <see cref="Fuse"/> gave, [B, queries, D].</param>
    /// <param name="image">The degraded picture in [-1, 1], [B, 3, H, W].</param>
    /// <param name="controlScale">Factor on the ControlNet's residuals; the official code uses 1.</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor Predict(Tensor noisy, Tensor timesteps, Tensor tokens, Tensor image, double controlScale = 1)
    {
        using var scope = NewDisposeScope();
        using var residuals = ControlNet.Run(noisy, timesteps, tokens, image, controlScale);
        return UNet.Predict(noisy, timesteps, tokens, residuals).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the latent of a picture.</summary>
    /// <param name="image">[B, 3, H, W] in [-1, 1].</param>
    /// <param name="noise">Standard normal, [B, C, h, w].</param>
    /// <returns>The latent as the UNet sees it, [B, C, h, w]; the caller disposes it.</returns>
    public Tensor Encode(Tensor image, Tensor noise)
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

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in All.Values)
            network.Dispose();
    }

    private static void RequireEqual(string name, long value, string otherName, long other)
    {
        if (value != other)
            throw new ArgumentException($"{name} is {value}; it must be {other}, as {otherName} is.");
    }
}
