using System.Globalization;
using Darkroom.Models.Guidance;
using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Mgie;

/// <summary>MGIE as the cluster serves it: a language model says what the edit means, InstructPix2Pix does it with guidance by text and by picture.</summary>
/// <remarks>
/// Fu et al. 2023, arXiv:2309.17102, section 3, in the details of the official demonstration: greedy text, no run of three tokens
/// twice, Euler ancestral steps, guidance 7.5 by the text and 1.5 by the picture, whose latent is the VAE's mode, not scaled. What
/// differs from it: sides are brought to multiples of the VAE's cell by reflection, where the demonstration scales down.
/// The state of a tile is the scheduler's latent with that of the picture behind it.
/// </remarks>
public sealed class MgiePipeline : IRestorationPipeline, IPictureEncoder
{
    /// <summary>The pipeline's name.</summary>
    public const string PipelineName = "mgie";

    /// <summary>Steps of the official demonstration.</summary>
    public const int DefaultSteps = 100;

    /// <summary>Guidance by the text, as in the official demonstration.</summary>
    public const double DefaultTextGuidance = 7.5;

    /// <summary>Guidance by the picture, as in the official demonstration.</summary>
    public const double DefaultImageGuidance = 1.5;

    private const double MaxGuidance = 100;
    private const string TextName = "text";
    private const string NullName = "null";
    private const string GuidanceName = "guidance";

    private readonly MgieNetworks networks;
    private readonly Func<string, IReadOnlyList<long>> prompt;
    private readonly Func<IReadOnlyList<long>, string> read;
    private readonly SchedulerSet schedulers;
    private readonly Device device;
    private readonly ScalarType type;

    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="networks">The networks, on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="prompt">Makes the prompt's tokens of an instruction, those of the picture included.</param>
    /// <param name="read">Makes the expressive instruction of the tokens that were written.</param>
    /// <param name="scheduler">The checkpoint's schedule.</param>
    /// <param name="profile">Name, hash and tile sizes.</param>
    /// <param name="device">Where the networks are.</param>
    public MgiePipeline(
        MgieNetworks networks,
        Func<string, IReadOnlyList<long>> prompt,
        Func<IReadOnlyList<long>, string> read,
        SchedulerConfig scheduler,
        PipelineProfile profile,
        Device device)
    {
        (this.networks, this.prompt, this.read, this.device) = (networks, prompt, read, device);
        networks.ImageTokens.DetachFromDisposeScope();
        schedulers = new SchedulerSet(scheduler);
        type = networks.UNet.parameters().First().dtype;
        Profile = profile;
    }

    /// <inheritdoc/>
    public PipelineProfile Profile { get; }

    /// <summary>Gets where noise comes from.</summary>
    public INoiseSource Noise { get; init; } = SeededNoise.Instance;

    /// <summary>Gets the most tokens that the expressive instruction has.</summary>
    /// <value>Default: 96, as in the official demonstration.</value>
    public int MaxNewTokens { get; init; } = 96;

    /// <summary>Gets the length of the runs of tokens that do not come twice.</summary>
    /// <value>Default: 3, as in the official demonstration.</value>
    public int NoRepeatNGramSize { get; init; } = 3;

    private long Channels => networks.Vae.Config.LatentChannels;

    /// <inheritdoc/>
    public int CountSteps(RunSettings settings) => schedulers.For(settings.Steps ?? DefaultSteps).StepCount;

    /// <inheritdoc/>
    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        if (string.IsNullOrWhiteSpace(instruction.Text))
            throw new ArgumentException($"The pipeline '{Profile.Name}' edits by words; the instruction is empty.");
        using var scope = NewDisposeScope();
        double[] guidance = [
            Guidance(settings.GuidanceScale ?? DefaultTextGuidance, "guidance scale"),
            Guidance(settings.ImageGuidanceScale ?? DefaultImageGuidance, "image guidance scale")];
        var pixels = ClipImageProcessor.Process(EightBitImage.FromUnit(overview), networks.Vision.Config.ImageSide).to(device);
        using var expressed = networks.Express(pixels.to(networks.ImageTokens.dtype), prompt(instruction.Text), MaxNewTokens, NoRepeatNGramSize);
        return new Conditioning([
            new(TextName, expressed.Features.alias()),
            new(NullName, networks.NullFeatures()),
            new(GuidanceName, tensor(guidance).unsqueeze(0))])
        {
            Words = read(expressed.Tokens),
        };
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
        using var encoded = networks.Vae.Encode(((tile.to(device) * 2) - 1).to(type));
        return encoded.Mean().to(ScalarType.Float32).MoveToOuterDisposeScope();   // E(V); the mode, not scaled
    }

    /// <inheritdoc/>
    public Tensor Begin(Tensor encoded, StepContext context)
    {
        using var scope = NewDisposeScope();
        var scheduler = schedulers.For(context.StepCount);
        using var state = scheduler.Start(Noise.Normal(context, NoiseStage.InitialLatent, encoded.shape, device) * scheduler.InitialNoiseSigma);
        return cat([scheduler.Pack(state), encoded], 1).MoveToOuterDisposeScope();   // [1, slots x C + C, h, w]
    }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        using var scope = NewDisposeScope();
        var states = latents.narrow(1, 0, latents.shape[1] - Channels);
        var image = Picture(latents);
        var samples = schedulers.ModelInput(states, contexts);                  // scaled; the picture's latent is not
        var (text, none) = (Rows(TextName), Rows(NullName));
        var timesteps = schedulers.Timesteps(contexts, device);
        // Text and picture, picture alone, neither: one forward pass.
        var input = cat([samples, samples, samples], 0);
        var pictures = cat([image, image, zeros_like(image)], 0);
        var prediction = networks.UNet.Predict(
            cat([input, pictures], 1).to(type), cat([timesteps, timesteps, timesteps], 0), cat([text, none, none], 0).to(type), residuals: null).to(ScalarType.Float32);
        var parts = prediction.chunk(3);
        var scales = Rows(GuidanceName).to(ScalarType.Float64).cpu().data<double>().ToArray().Chunk(2).ToList();
        var combined = ClassifierFreeGuidance.CombineDual(                      // eq. (7)
            parts[2], parts[1], parts[0], [.. scales.Select(pair => pair[0])], [.. scales.Select(pair => pair[1])]);
        var next = schedulers.Step(states, combined, contexts, row => Noise.Normal(row, NoiseStage.Step, [1, .. image.shape[1..]], device));
        return cat([next, image], 1).MoveToOuterDisposeScope();

        Tensor Rows(string name) => cat(contexts.Select(row => row.Conditioning[name].to(device)).ToArray(), 0);
    }

    /// <inheritdoc/>
    public Tensor Finish(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return ((Decode(latents) / 2) + 0.5).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes finished states.</summary>
    /// <param name="latents">States after the last step, [B, ...].</param>
    /// <returns>[B, 3, H, W] float32, about [-1, 1] and not clamped; the caller disposes it.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return networks.Vae.Decode((Sample(latents) / networks.Vae.Config.ScalingFactor).to(type)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The scheduler's latent of a state.</summary>
    /// <param name="latents">States, [B, ...].</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor Sample(Tensor latents) => latents.narrow(1, 0, Channels);

    /// <summary>The picture's latent of a state.</summary>
    /// <param name="latents">States, [B, ...].</param>
    /// <returns>[B, C, h, w], not scaled; the caller disposes it.</returns>
    public Tensor Picture(Tensor latents) => latents.narrow(1, latents.shape[1] - Channels, Channels);

    /// <inheritdoc/>
    public void Dispose() => networks.Dispose();

    private static double Guidance(double value, string name) => value is >= 0 and <= MaxGuidance
        ? value
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The {name} is {value}; 0 to {MaxGuidance} is allowed."));
}
