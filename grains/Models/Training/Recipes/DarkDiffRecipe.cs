using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Clip;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.Layers;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>DarkDiff's two stages.</summary>
public enum DarkDiffStage
{
    /// <summary>The residual VAE, against a discriminator.</summary>
    Vae,

    /// <summary>UNet and context processor, with the VAE of the first stage.</summary>
    UNet,
}

/// <summary>How DarkDiff is trained.</summary>
public sealed record DarkDiffTrainingOptions : TrainingOptions
{
    /// <summary>Gets the stage. Default: vae, the first.</summary>
    public DarkDiffStage Stage { get; init; }

    /// <summary>Gets the side of the patches (pixels). Default: 512.</summary>
    public int PictureSize { get; init; } = 512;

    /// <summary>Gets the least reduction of light. Default: 20.</summary>
    public double MinRatio { get; init; } = 20;

    /// <summary>Gets the largest reduction of light. Default: 300, as the set SID.</summary>
    public double MaxRatio { get; init; } = 300;

    /// <summary>Gets the weight of the perceptual loss (vae); above 0 it needs a network that sees. Default: 1.</summary>
    public double PerceptualWeight { get; init; } = 1;

    /// <summary>Gets the weight of the adversarial loss on top of its adaptive weight (vae). Default: 0.5.</summary>
    public double AdversarialWeight { get; init; } = 0.5;

    /// <summary>Gets the weight of the divergence (vae). Default: 0.000001.</summary>
    public double DivergenceWeight { get; init; } = 1e-6;

    /// <summary>Gets the channels of the discriminator's first layer (vae), a multiple of 8. Default: 64.</summary>
    public int DiscriminatorWidth { get; init; } = 64;

    /// <summary>Gets the weight of the decoder's loss, eq. (9) (unet). Default: 1.</summary>
    public double DecoderWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override int SmallestPicture => PictureSize;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePictureSize(nameof(PictureSize), PictureSize);
        Require(MinRatio is >= 1 and <= 100_000, nameof(MinRatio), MinRatio, "1 to 100,000");
        Require(MaxRatio >= MinRatio && MaxRatio <= 100_000, nameof(MaxRatio), MaxRatio, FormattableString.Invariant($"minRatio, {MinRatio}, to 100,000"));
        foreach (var (name, weight) in ((string, double)[])[
            (nameof(PerceptualWeight), PerceptualWeight), (nameof(AdversarialWeight), AdversarialWeight),
            (nameof(DivergenceWeight), DivergenceWeight), (nameof(DecoderWeight), DecoderWeight)])
        {
            Require(weight is >= 0 and <= 1e6, name, weight, "0 to 1,000,000");
        }

        Require(DiscriminatorWidth is >= 8 and <= 1024 && DiscriminatorWidth % 8 == 0, nameof(DiscriminatorWidth), DiscriminatorWidth, "a multiple of 8 from 8 to 1024");
    }
}

/// <summary>Trains one stage of DarkDiff on night photographs made of ordinary ones.</summary>
/// <remarks>DarkDiff 2025, arXiv:2505.23743, section 5: L1, perceptual, adversarial loss and divergence for the VAE; eqs. (1), (8) and (9) for the UNet.</remarks>
public sealed class DarkDiffRecipe : ITrainingRecipe
{
    private const int PaddingId = 0;                                            // as Stable Diffusion 2 pads

    private readonly DarkDiffTrainingOptions options;
    private readonly TrainingSetup setup;
    private readonly TrainingCheckpoint checkpoint;
    private readonly List<(FoundComponent File, nn.Module Network)> learnt = [];
    private readonly List<IDisposable> owned = [];

    /// <summary>Loads the networks of the stage.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Checkpoint and pictures.</param>
    /// <param name="features">What the perceptual loss compares, or null.</param>
    /// <exception cref="ArgumentException">The perceptual loss has a weight, and there are no features.</exception>
    /// <exception cref="InvalidCheckpointException">A network is missing or damaged.</exception>
    public DarkDiffRecipe(DarkDiffTrainingOptions options, TrainingSetup setup, IPerceptualFeatures? features = null)
    {
        (this.options, this.setup, checkpoint) = (options, setup, setup.OpenCheckpoint());
        if (options is { Stage: DarkDiffStage.Vae, PerceptualWeight: > 0 } && features is null)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"perceptualWeight is {options.PerceptualWeight}, and the perceptual loss needs VGG, which is not part of the project: give --perceptual FILE (torchvision's vgg16), or set perceptualWeight to 0."));
        }

        var vae = Load<ResidualAutoencoder>("darkdiff-vae", learns: options.Stage == DarkDiffStage.Vae);
        Parts = options.Stage == DarkDiffStage.Vae ? VaeParts(vae, features) : UNetParts(vae);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <inheritdoc/>
    public void Begin() => checkpoint.CopyFiles();

    /// <inheritdoc/>
    public void Export() => learnt.ForEach(pair => checkpoint.Write(pair.File, pair.Network));

    /// <inheritdoc/>
    public void Dispose() => owned.ForEach(part => part.Dispose());

    private T Load<T>(string kind, bool learns)
        where T : nn.Module
    {
        var file = checkpoint.Only(kind);
        if (learns)
            TrainingCheckpoint.RequireWritable(file);
        var network = checkpoint.Load<T>(file);
        owned.Add(network);
        if (learns)
            learnt.Add((file, network));
        else
            TrainingBatch.Freeze([network]);
        return network;
    }

    private List<TrainedPart> VaeParts(ResidualAutoencoder vae, IPerceptualFeatures? features)
    {
        var discriminator = new PatchDiscriminator(options.DiscriminatorWidth);
        owned.Add(discriminator);
        Initializer.Reset(discriminator, options.Seed);
        discriminator.to(setup.Device);
        var objective = new ResidualVaeObjective(
            vae, discriminator, features, new ResidualVaeWeights(options.PerceptualWeight, options.AdversarialWeight, options.DivergenceWeight));
        return
        [
            new TrainedPart("vae", [.. vae.named_parameters()], draw =>
            {
                var (noisy, _, target) = Pictures(draw);
                var losses = objective.Compute(noisy, target, Latent(vae, draw));
                return new StepLosses(losses.Total, ("absolute", losses.Absolute), ("perceptual", losses.Perceptual), ("adversarial", losses.Adversarial), ("divergence", losses.Divergence));
            }),
            new TrainedPart("discriminator", [.. discriminator.named_parameters()], draw =>
            {
                var (noisy, _, target) = Pictures(draw);
                Tensor made;
                using (no_grad())
                {
                    var picture = vae.Encode((noisy * 2) - 1);
                    made = vae.Decode(picture.Latent.Sample(Latent(vae, draw)), picture);
                }

                var loss = ResidualVaeObjective.DiscriminatorLoss(discriminator.call((target * 2) - 1), discriminator.call(made));
                return new StepLosses(loss, ("discriminator", loss));
            }) { IsAveraged = false },
        ];
    }

    private List<TrainedPart> UNetParts(ResidualAutoencoder vae)
    {
        var scheduler = checkpoint.ReadScheduler(SchedulerKind.Ddpm);
        var regions = new ConfigReader(checkpoint.Only("darkdiff-unet").Config, "DarkDiff UNet").Sizes("region_sizes");
        var networks = new DarkDiffNetworks(
            vae, Load<ContextProcessor>("darkdiff-context", learns: true), Load<UNet2DCondition>("darkdiff-unet", learns: true), regions);
        if (options.PictureSize % networks.SizeMultiple != 0)
            throw new ArgumentException($"pictureSize is {options.PictureSize}, allowed with this checkpoint's region_sizes are multiples of {networks.SizeMultiple}.");
        var text = EmptyPrompt();
        owned.Add(text);
        var objective = new DarkDiffObjective(networks, new NoiseSchedule(scheduler), options.DecoderWeight);
        return
        [
            new TrainedPart("unet",
                [.. networks.UNet.named_parameters().Select(pair => ($"unet.{pair.name}", pair.parameter)),
                 .. networks.Context.named_parameters().Select(pair => ($"context.{pair.name}", pair.parameter))],
                draw =>
                {
                    var (noisy, clean, target) = Pictures(draw);
                    var timesteps = draw.Timesteps(setup.Device, options.BatchSize, scheduler.TrainTimesteps);
                    var losses = objective.Compute(new DarkDiffBatch(noisy, clean, target), text.expand(options.BatchSize, -1, -1), Latent(vae, draw), timesteps);
                    return new StepLosses(losses.Total, ("total", losses.Total), ("noise", losses.Diffusion), ("decoder", losses.Decoder));
                }),
        ];
    }

    private (Tensor Noisy, Tensor Clean, Tensor Target) Pictures(TrainingDraw draw)
    {
        var rows = new List<Tensor>();
        var (target, noisy) = TrainingBatch.Pairs(setup.Pictures, draw, options.BatchSize, options.PictureSize, setup.Device, (picture, _) =>
        {
            var ratio = RainStreaks.LogUniform(draw.Random, options.MinRatio, options.MaxRatio);
            var photograph = NightPhotograph.Take(picture, ratio, draw.Random, draw.Generator);
            rows.Add(photograph.Clean.MoveToOuterDisposeScope());
            return photograph.Noisy;
        });
        using var guard = no_grad();
        return ((noisy + 1) / 2, stack(rows).to(setup.Device), (target + 1) / 2);
    }

    private Tensor Latent(ResidualAutoencoder vae, TrainingDraw draw) => draw.Normal(
        setup.Device, TrainingBatch.LatentShape(options.BatchSize, vae.Config.LatentChannels, options.PictureSize, vae.Config.PixelsPerCell));

    private Tensor EmptyPrompt()
    {
        var component = checkpoint.Only("clip-text");
        var tokenizer = checkpoint.ReadClip(component);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var encoder = checkpoint.Load<ClipTextModel>(component);
        var ids = tensor(tokenizer.EncodePadded(string.Empty, PaddingId), device: setup.Device).unsqueeze(0);
        return encoder.call(ids).DetachFromDisposeScope();                      // [1, N, D]
    }
}
