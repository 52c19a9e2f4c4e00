using System.Globalization;
using Darkroom.Models.Guidance;
using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.DarkDiff;

/// <summary>DarkDiff as the cluster serves it: the linear light of a RAW file in, sRGB out, DDIM with guidance in between.</summary>
/// <remarks>
/// DarkDiff 2025, arXiv:2505.23743, section 4. The state of a tile is one tensor, [1, C, h, w]: the scheduler's latent, the latent
/// of the noisy picture, and the picture itself with each cell's pixels as channels. The picture is needed again at the end, where
/// the decoder takes the details that the encoder found in it: so a run can go on anywhere from its state alone.
/// The prompt is empty, as in the paper. Without guidance noise stands for the picture's latent, the same at every step.
/// </remarks>
public sealed class DarkDiffPipeline : IRestorationPipeline, IPictureEncoder
{
    /// <summary>The pipeline's name.</summary>
    public const string PipelineName = "darkdiff";

    /// <summary>Steps of the paper's results.</summary>
    public const int DefaultSteps = 50;

    /// <summary>Guidance of the paper's results on the sets SID and LRD.</summary>
    public const double DefaultGuidance = 2.0;

    private const double MaxGuidance = 100;
    private const string TextName = "text";
    private const string GuidanceName = "guidance";

    private readonly DarkDiffNetworks networks;
    private readonly Tensor emptyPrompt;
    private readonly SchedulerSet schedulers;
    private readonly INoiseSource noise;
    private readonly Device device;

    /// <summary>Takes ownership of the networks and of the prompt's tokens.</summary>
    /// <param name="networks">The networks, on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="emptyPrompt">Tokens of the empty prompt by the text encoder of Stable Diffusion, [1, N, D] on <paramref name="device"/>.</param>
    /// <param name="scheduler">The scheduler's configuration.</param>
    /// <param name="profile">Name, hash and tile sizes; the rest is set here.</param>
    /// <param name="device">Where the networks are.</param>
    /// <param name="noise">Where the noise comes from; null for the run's seed.</param>
    public DarkDiffPipeline(
        DarkDiffNetworks networks, Tensor emptyPrompt, SchedulerConfig scheduler, PipelineProfile profile, Device device, INoiseSource? noise = null)
    {
        this.networks = networks;
        this.emptyPrompt = emptyPrompt.DetachFromDisposeScope();
        this.device = device;
        this.noise = noise ?? SeededNoise.Instance;
        schedulers = new SchedulerSet(scheduler);
        Profile = profile with { SizeMultiple = networks.SizeMultiple, Input = PixelEncoding.LinearRaw };
    }

    /// <inheritdoc/>
    public PipelineProfile Profile { get; }

    private long Channels => networks.Autoencoder.Config.LatentChannels;

    private long Cell => networks.Autoencoder.Config.PixelsPerCell;

    private double Scale => networks.Autoencoder.Config.ScalingFactor;

    /// <inheritdoc/>
    public int CountSteps(RunSettings settings) => schedulers.For(settings.Steps ?? DefaultSteps).StepCount;

    /// <inheritdoc/>
    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        if (instruction.Kind == InstructionKind.Refine && instruction.Text.Trim().Length > 0)
            throw new ArgumentException($"The pipeline '{Profile.Name}' develops RAW files and follows no words; <refine> needs another pipeline.");
        var guidance = settings.GuidanceScale ?? DefaultGuidance;
        if (guidance is not (>= 0 and <= MaxGuidance))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The guidance scale is {guidance}; 0 to {MaxGuidance} is allowed, 1 is off."));
        using var scope = NewDisposeScope();
        return new Conditioning([new(TextName, emptyPrompt.alias()), new(GuidanceName, tensor(new[] { guidance }))]);
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor tile, StepContext context)
    {
        using var scope = NewDisposeScope();
        return Begin(EncodePicture(tile), context).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor EncodePicture(Tensor tile)
    {
        using var scope = NewDisposeScope();
        var picture = tile.to(device);                                          // [1, 3, H, W]
        var condition = EncodeCondition(picture);                               // z_c
        return cat([condition, nn.functional.pixel_unshuffle(picture, Cell)], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Begin(Tensor encoded, StepContext context)
    {
        using var scope = NewDisposeScope();
        var scheduler = schedulers.For(context.StepCount);
        var shape = new[] { 1, Channels, encoded.shape[2], encoded.shape[3] };
        using var state = scheduler.Start(noise.Normal(context, NoiseStage.InitialLatent, shape, device) * scheduler.InitialNoiseSigma);
        return cat([scheduler.Pack(state), encoded], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        using var scope = NewDisposeScope();
        var (packed, condition, pixels) = Split(latents);
        var samples = schedulers.ModelInput(packed, contexts);                  // [B, C, h, w]
        var timesteps = schedulers.Timesteps(contexts, device);
        var text = cat(contexts.Select(row => row.Conditioning[TextName]).ToArray(), 0);
        var scales = contexts.Select(row => row.Conditioning[GuidanceName].to(ScalarType.Float64).item<double>()).ToArray();

        Tensor prediction;
        if (scales.All(scale => scale == 1))
        {
            prediction = networks.Predict(samples, condition, timesteps, text);
        }
        else
        {
            var unconditional = cat(contexts
                .Select(row => noise.Normal(row with { Step = 0 }, NoiseStage.Unconditional, [1, .. condition.shape[1..]], device)).ToArray(), 0);
            var both = networks.Predict(
                cat([samples, samples], 0), cat([unconditional, condition], 0), cat([timesteps, timesteps], 0), cat([text, text], 0));
            var halves = both.chunk(2);
            prediction = ClassifierFreeGuidance.Combine(halves[0], halves[1], scales);
        }

        var next = schedulers.Step(packed, prediction, contexts, row => noise.Normal(row, NoiseStage.Step, [1, .. condition.shape[1..]], device));
        return cat([next, condition, pixels], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Finish(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return ((Decode(latents) / 2) + 0.5).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes finished states.</summary>
    /// <param name="latents">States after the last step, [B, ...].</param>
    /// <returns>sRGB, [B, 3, H, W], about [-1, 1] and not clamped; the caller disposes it.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        using var picture = networks.Autoencoder.Encode(ToNetwork(Picture(latents)));
        return networks.Autoencoder.Decode(Sample(latents) / Scale, picture).MoveToOuterDisposeScope();
    }

    /// <summary>The latent of a state.</summary>
    /// <param name="latents">States, [B, ...].</param>
    /// <returns>[B, C, h, w], scaled as the UNet's; the caller disposes it.</returns>
    public Tensor Sample(Tensor latents) => latents.narrow(1, 0, Channels);

    /// <summary>The latent of the noisy picture in a state.</summary>
    /// <param name="latents">States, [B, ...].</param>
    /// <returns>[B, C, h, w], scaled as the UNet's; the caller disposes it.</returns>
    public Tensor Condition(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return Split(latents).Condition.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        networks.Dispose();
        emptyPrompt.Dispose();
    }

    private static Tensor ToNetwork(Tensor picture) => (picture * 2) - 1;

    private Tensor EncodeCondition(Tensor picture)
    {
        using var scope = NewDisposeScope();
        using var encoded = networks.Autoencoder.Encode(ToNetwork(picture));
        return (encoded.Latent.Mean() * Scale).MoveToOuterDisposeScope();
    }

    private Tensor Picture(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return nn.functional.pixel_shuffle(Split(latents).Pixels, Cell).MoveToOuterDisposeScope();
    }

    // The scheduler's part comes first and may have a history; the other two have known sizes.
    private (Tensor Packed, Tensor Condition, Tensor Pixels) Split(Tensor latents)
    {
        var pixelChannels = networks.Autoencoder.Config.ImageChannels * Cell * Cell;
        var packed = latents.shape[1] - Channels - pixelChannels;
        if (packed < Channels)
            throw new ArgumentException($"The state has {latents.shape[1]} channels; at least {(2 * Channels) + pixelChannels} are needed.", nameof(latents));
        return (latents.narrow(1, 0, packed), latents.narrow(1, packed, Channels), latents.narrow(1, packed + Channels, pixelChannels));
    }
}
