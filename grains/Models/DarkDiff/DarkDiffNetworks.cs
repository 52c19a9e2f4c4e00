using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.StableDiffusion;
using static TorchSharp.torch;

namespace Darkroom.Models.DarkDiff;

/// <summary>The networks of DarkDiff, whose names in a checkpoint begin with <c>vae.</c> and <c>res.</c>, <c>ctx.</c> and <c>unet.</c></summary>
/// <remarks>There are no published files; these are the names of the fixture <c>pipeline_darkdiff_tiny</c>.</remarks>
public sealed class DarkDiffNetworks : IDisposable
{
    private const string ContextPrefix = "ctx.";
    private const string UNetPrefix = "unet.";
    private static readonly string[] AutoencoderPrefixes = ["vae.", "res."];

    /// <summary>Makes networks without weights.</summary>
    /// <param name="autoencoder">Sizes of the VAE.</param>
    /// <param name="unet">Sizes of the UNet and of the context processor.</param>
    /// <param name="regionSizes">Side of a region (cells) in each down block that attends.</param>
    public DarkDiffNetworks(AutoencoderConfig autoencoder, UNetConfig unet, IReadOnlyList<int> regionSizes)
        : this(new ResidualAutoencoder(autoencoder), new ContextProcessor(unet.Encoder), RegionConditioning.CreateUNet(unet, regionSizes), regionSizes)
    {
    }

    /// <summary>Takes ownership of networks.</summary>
    /// <param name="autoencoder">The residual VAE.</param>
    /// <param name="context">The context processor.</param>
    /// <param name="unet">What <see cref="RegionConditioning.CreateUNet"/> made.</param>
    /// <param name="regionSizes">Side of a region (cells) in each down block that attends.</param>
    public DarkDiffNetworks(ResidualAutoencoder autoencoder, ContextProcessor context, UNet2DCondition unet, IReadOnlyList<int> regionSizes)
    {
        (Autoencoder, Context, UNet) = (autoencoder, context, unet);
        SizeMultiple = checked((int)(autoencoder.Config.PixelsPerCell * RegionConditioning.LatentMultiple(unet.Config, regionSizes)));
    }

    /// <summary>Gets the residual VAE.</summary>
    public ResidualAutoencoder Autoencoder { get; }

    /// <summary>Gets the context processor.</summary>
    public ContextProcessor Context { get; }

    /// <summary>Gets the denoising network.</summary>
    public UNet2DCondition UNet { get; }

    /// <summary>Gets what the sides of a picture must be multiples of (pixels), so that each level is cut into whole regions.</summary>
    public int SizeMultiple { get; }

    /// <summary>Makes the networks of a configuration: the sections <c>unet</c> and <c>vae</c> as diffusers writes them, and <c>region_sizes</c>.</summary>
    /// <exception cref="InvalidCheckpointException">A value is missing or not supported.</exception>
    public static DarkDiffNetworks Create(JsonElement config)
    {
        var reader = new ConfigReader(config, "DarkDiff networks");
        return new DarkDiffNetworks(
            AutoencoderConfig.Parse(Section("vae")), UNetConfig.Parse(Section("unet")), reader.Sizes("region_sizes"));

        JsonElement Section(string key) => reader.Has(key) ? config.GetProperty(key) : throw reader.Refused(key, "nothing", "an object, as diffusers writes it");
    }

    /// <summary>Fills the networks.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <exception cref="InvalidCheckpointException">A tensor is missing, extra or of another shape.</exception>
    public void Load(ITensorSource source)
    {
        var names = source.Entries.Keys.Where(name => AutoencoderPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
        CheckpointLoader.Load(Autoencoder, new RenamedTensors(source, names.ToDictionary(name => name)));
        CheckpointLoader.Load(Context, source, ContextPrefix);
        CheckpointLoader.Load(UNet, source, UNetPrefix);
    }

    /// <summary>Predicts the noise of rows whose condition is a latent.</summary>
    /// <param name="samples">Noisy latents, [B, C, h, w].</param>
    /// <param name="conditions">Latents of the noisy pictures, or noise for the branch without guidance, [B, C, h, w].</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="text">Tokens of the empty prompt, [B, N, D].</param>
    /// <returns>ε_θ, [B, C, h, w]; the caller disposes it.</returns>
    public Tensor Predict(Tensor samples, Tensor conditions, Tensor timesteps, Tensor text)
    {
        using var scope = NewDisposeScope();
        var features = Context.Run(conditions, timesteps, text);
        return RegionConditioning.Predict(UNet, samples, timesteps, text, features).MoveToOuterDisposeScope();
    }

    /// <summary>Keeps the VAE as it is while the others learn.</summary>
    public void FreezeAutoencoder()
    {
        foreach (var parameter in Autoencoder.parameters())
            parameter.requires_grad = false;
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        Autoencoder.Dispose();
        Context.Dispose();
        UNet.Dispose();
    }
}
