using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.VlmImi;

/// <summary>VLM-IMI as the cluster serves it: instruction to T5 to IPFM, then UNet and ControlNet from noise to a brighter picture.</summary>
/// <remarks>
/// Sun et al. 2025, VLM-IMI, Algorithm 1, as the official <c>infer.py</c> has it: one forward pass a step, without guidance. What differs
/// from it: the IPFM's timestep comes from the run's seed, so that a run can be repeated; sides are brought to multiples of the VAE's
/// cell by reflection, not by scaling; spaced DDPM, which the paper names, is offered beside the UniPC of the code.
/// A tile's latent is the scheduler's state and behind it the tile's pixels, folded: each step looks at them. Runs of either rule and of
/// any number of steps share a forward pass.
/// </remarks>
public sealed class VlmImiPipeline : IRestorationPipeline
{
    /// <summary>The pipeline's name.</summary>
    public const string PipelineName = "vlm-imi";

    /// <summary>Number of tokens that the text encoder is given, end and padding included.</summary>
    public const int TextTokens = 128;

    private const int DefaultSteps = 50;
    private const string TokensName = "tokens";
    private const string SchedulerName = "scheduler";

    private static readonly SchedulerKind[] Kinds = [SchedulerKind.UniPc, SchedulerKind.Ddpm];

    private readonly VlmImiNetworks networks;
    private readonly Func<string, (long[] Ids, long[] Mask)> tokenize;
    private readonly SchedulerChoice schedulers;
    private readonly Device device;
    private readonly ScalarType type;

    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="networks">The networks, on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="tokenize">Gives a text's ids and 1 where they are not padding.</param>
    /// <param name="scheduler">The checkpoint's schedule, with the settings of each update rule.</param>
    /// <param name="profile">Name, hash and tile sizes.</param>
    /// <param name="device">Where the networks are.</param>
    public VlmImiPipeline(
        VlmImiNetworks networks, Func<string, (long[] Ids, long[] Mask)> tokenize, Func<SchedulerKind, SchedulerConfig> scheduler, PipelineProfile profile, Device device)
    {
        (this.networks, this.tokenize, this.device) = (networks, tokenize, device);
        schedulers = new SchedulerChoice(Kinds, scheduler);
        type = networks.UNet.parameters().First().dtype;
        Profile = profile;
        IpfmTimestep = seed => RunNoise.Whole(seed, NoiseStage.Timestep, schedulers.Default.TrainTimesteps);
    }

    /// <inheritdoc/>
    public PipelineProfile Profile { get; }

    /// <summary>Gets where noise comes from.</summary>
    public INoiseSource Noise { get; init; } = SeededNoise.Instance;

    /// <summary>Gets what draws the IPFM's timestep of a seed.</summary>
    public Func<ulong, int> IpfmTimestep { get; init; }

    /// <summary>Gets the factor on the ControlNet's residuals.</summary>
    /// <value>Default: 1, as in the official code.</value>
    public double ControlScale { get; init; } = 1;

    /// <summary>Gets how a latent that is larger than the networks were trained for is cut.</summary>
    public LatentWindows Windows { get; init; } = LatentWindows.StableDiffusion;

    /// <inheritdoc/>
    public int CountSteps(RunSettings settings)
    {
        if (settings.GuidanceScale is not (null or 1))
            throw new ArgumentException($"The pipeline '{Profile.Name}' has no guidance; a guidance scale of {settings.GuidanceScale} was asked for.");
        return schedulers.For(schedulers.KindOf(settings), settings.Steps ?? DefaultSteps).StepCount;
    }

    /// <inheritdoc/>
    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        using var scope = NewDisposeScope();
        var (ids, mask) = tokenize(instruction.Text);
        var tokens = networks.Fuse(
            tensor(ids, device: device).unsqueeze(0), tensor(mask, device: device).unsqueeze(0), tensor([(long)IpfmTimestep(settings.Seed)], device: device));   // [1, queries, D]
        return new Conditioning([new(TokensName, tokens), new(SchedulerName, tensor([(long)schedulers.KindOf(settings)]))]);
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor tile, StepContext context)
    {
        using var scope = NewDisposeScope();
        var image = (tile.to(device).to(ScalarType.Float32) * 2) - 1;
        var cell = networks.Vae.Config.PixelsPerCell;
        var noise = Noise.Normal(context, NoiseStage.InitialLatent, [1, networks.Vae.Config.LatentChannels, tile.shape[2] / cell, tile.shape[3] / cell], device);
        return cat([schedulers.Start(RuleOf(context), context.StepCount, noise), nn.functional.pixel_unshuffle(image, cell)], 1).MoveToOuterDisposeScope();   // [1, slots x C + 3 x cell², h, w]
    }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        using var scope = NewDisposeScope();
        var rules = contexts.Select(RuleOf).ToArray();
        var (states, folded) = Split(latents);
        var timesteps = schedulers.Timesteps(rules, contexts, device);          // [B]
        var tokens = cat(contexts.Select(row => row.Conditioning[TokensName].to(device)).ToArray(), 0);   // [B, queries, D]
        var image = nn.functional.pixel_shuffle(folded, networks.Vae.Config.PixelsPerCell);   // [B, 3, H, W]
        var noisy = schedulers.ModelInput(states, networks.Vae.Config.LatentChannels, rules, contexts);
        var prediction = Windows.Blend(noisy.shape[2], noisy.shape[3], 1, window => networks.Predict(
            window.Cut(noisy).to(type), timesteps, tokens.to(type), window.Cut(image, networks.Vae.Config.PixelsPerCell).to(type), ControlScale));
        var next = schedulers.Step(states, prediction, rules, contexts, row => Noise.Normal(row, NoiseStage.Step, [1, .. prediction.shape[1..]], device));
        return cat([next, folded], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Finish(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var sample = latents.narrow(1, 0, networks.Vae.Config.LatentChannels);
        var decoded = Windows.Blend(sample.shape[2], sample.shape[3], networks.Vae.Config.PixelsPerCell, window => networks.Decode(window.Cut(sample).to(type)));
        return ((decoded.to(ScalarType.Float32) / 2) + 0.5).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => networks.Dispose();

    private static int RuleOf(StepContext context) => context.Conditioning[SchedulerName].ToInt32();

    // The scheduler's state and the folded pixels.
    private (Tensor States, Tensor Folded) Split(Tensor latents)
    {
        var cell = networks.Vae.Config.PixelsPerCell;
        var foldedChannels = networks.Vae.Config.ImageChannels * cell * cell;
        var stateChannels = latents.shape[1] - foldedChannels;
        return (latents.narrow(1, 0, stateChannels), latents.narrow(1, stateChannels, foldedChannels));
    }
}
