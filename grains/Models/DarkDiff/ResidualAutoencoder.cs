using Darkroom.Models.Layers;
using Darkroom.Models.StableDiffusion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.DarkDiff;

/// <summary>The VAE with connections from the encoder to the decoder, which keep what the latent is too small for.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, section 4.3 and table A1. There is no official code. The table's channels fit only if each
/// block of the encoder is tapped before its downsampling and added to the input of the decoder's block of the same resolution;
/// so the fixture <c>darkdiff_residual_vae</c> has it.
/// </remarks>
public sealed class ResidualAutoencoder : nn.Module
{
    [ComponentName(Name = "vae")]
    private readonly AutoencoderKL autoencoder;
    [ComponentName(Name = "res")]
    private readonly ModuleList<Conv2d> projections;

    /// <summary>Makes a network without weights.</summary>
    public ResidualAutoencoder(AutoencoderConfig config)
        : base(nameof(ResidualAutoencoder))
    {
        autoencoder = new AutoencoderKL(config);
        var channels = config.BlockChannels;
        projections = new ModuleList<Conv2d>([.. channels.Select((width, block) =>
            new Conv2d(width, channels[Math.Min(block + 1, channels.Count - 1)], 3, padding: 1))]);   // to what the decoder's block of that size takes
        RegisterComponents();
    }

    /// <summary>Gets the weight of the decoder's last layer, where the losses of training are balanced.</summary>
    public Tensor OutputWeight => autoencoder.OutputWeight;

    /// <summary>Gets the sizes.</summary>
    public AutoencoderConfig Config => autoencoder.Config;

    /// <summary>Encodes a picture.</summary>
    /// <param name="image">[B, ImageChannels, H, W] in [-1, 1]; H and W are multiples of <see cref="AutoencoderConfig.PixelsPerCell"/>.</param>
    /// <returns>The distribution of its latent, and what each block of the encoder gave; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The picture has another shape.</exception>
    public EncodedPicture Encode(Tensor image)
    {
        using var scope = NewDisposeScope();
        var taps = new List<Tensor>();
        var latent = autoencoder.Encode(image, (_, output) => taps.Add(output));
        latent.Moments.MoveToOuterDisposeScope();
        return new EncodedPicture(latent, [.. taps.Select(tap => tap.MoveToOuterDisposeScope())]);
    }

    /// <summary>Decodes a latent with the details of a picture.</summary>
    /// <param name="latent">[B, LatentChannels, h, w], not scaled.</param>
    /// <param name="picture">The picture with the details, encoded; of the latent's size.</param>
    /// <returns>[B, OutputChannels, H, W], about [-1, 1] and not clamped; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The latent has another shape, or the picture another size.</exception>
    public Tensor Decode(Tensor latent, EncodedPicture picture)
    {
        TensorShape.Require(latent, nameof(latent), picture.Latent.Moments.shape[0], Config.LatentChannels, picture.Latent.Moments.shape[2], picture.Latent.Moments.shape[3]);
        using var scope = NewDisposeScope();
        var last = projections.Count - 1;
        return autoencoder.Decode(latent, block => projections[last - block].call(picture.Taps[last - block])).MoveToOuterDisposeScope();
    }
}

/// <summary>A picture's latent and the details beside it.</summary>
/// <param name="Latent">The distribution of the latent.</param>
/// <param name="Taps">What each block of the encoder gave, from full resolution to the latent's.</param>
public sealed record EncodedPicture(LatentDistribution Latent, IReadOnlyList<Tensor> Taps) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Latent.Dispose();
        foreach (var tap in Taps)
            tap.Dispose();
    }
}
