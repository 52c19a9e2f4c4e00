using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.DiffPlugin;

/// <summary>Diff-Plugin as the cluster serves it: tasks chosen by words, done one after the other over one frozen Stable Diffusion.</summary>
/// <remarks>
/// Liu et al. 2024, arXiv:2403.00644, as the official <c>demo.py</c> has it: all task prompts come from the original picture; a later
/// task gets the 8-bit result of the one before, the same noise, and three steps. What differs: pictures keep their own size, in
/// windows, where the demo scales the short side to 512; and words that no task fits are refused, where the demo gives the picture back.
/// Rows of a batch may be of different tasks: prompts and residuals are each row's own, the UNet is one. A tile's latent is the
/// scheduler's state and behind it the latent of the picture that the task began with.
/// </remarks>
public sealed class DiffPluginPipeline : IRestorationPipeline, IPictureEncoder
{
    /// <summary>The pipeline's name.</summary>
    public const string PipelineName = "diff-plugin";

    /// <summary>Steps of every task after the first.</summary>
    public const int LaterSteps = 3;

    private const int DefaultSteps = 20;
    private const string PromptsName = "prompts";
    private const string TasksName = "tasks";

    private readonly DiffPluginNetworks networks;
    private readonly IPluginChooser chooser;
    private readonly SchedulerSet schedulers;
    private readonly Device device;
    private readonly ScalarType type;
    private readonly int channels;

    /// <summary>Takes ownership of networks and chooser.</summary>
    /// <param name="networks">The networks, on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="chooser">Finds the tasks of a sentence.</param>
    /// <param name="scheduler">UniPC in the rules of diffusers 0.17.</param>
    /// <param name="profile">Name, hash and tile sizes.</param>
    /// <param name="device">Where the networks are.</param>
    public DiffPluginPipeline(DiffPluginNetworks networks, IPluginChooser chooser, SchedulerConfig scheduler, PipelineProfile profile, Device device)
    {
        (this.networks, this.chooser, this.device) = (networks, chooser, device);
        schedulers = new SchedulerSet(scheduler);
        type = networks.UNet.parameters().First().dtype;
        channels = networks.Vae.Config.LatentChannels;
        Profile = profile;
    }

    /// <inheritdoc/>
    public PipelineProfile Profile { get; }

    /// <summary>Gets where noise comes from.</summary>
    public INoiseSource Noise { get; init; } = SeededNoise.Instance;

    /// <summary>Gets the timestep from which on the latent is the noised picture again before each step.</summary>
    /// <value>Default: 960, as in the official code: with 20 steps that is the first step only.</value>
    public int RenoiseFrom { get; init; } = 960;

    /// <summary>Gets how a latent that is larger than the networks were trained for is cut.</summary>
    public LatentWindows Windows { get; init; } = LatentWindows.StableDiffusion;

    /// <inheritdoc/>
    public int CountSteps(RunSettings settings)
    {
        if (settings.GuidanceScale is not (null or 1))
            throw new ArgumentException($"The pipeline '{Profile.Name}' has no guidance; a guidance scale of {settings.GuidanceScale} was asked for.");
        SchedulerNames.Choose(settings.Scheduler, SchedulerKind.UniPc);
        return schedulers.For(settings.Steps ?? DefaultSteps).StepCount;
    }

    /// <inheritdoc/>
    public int CountSteps(RunSettings settings, Conditioning conditioning) => CountSteps(settings) + (LaterSteps * (TaskCount(conditioning) - 1));

    /// <inheritdoc/>
    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        using var scope = NewDisposeScope();
        var pixels = ClipImageProcessor.Process(EightBitImage.FromUnit(overview), networks.Vision.Config.ImageSide).to(device).to(type);
        var tokens = networks.SeeTokens(pixels);                                // [1, N, VisionWidth]
        var prompts = cat([.. networks.Plugins.Select(plugin => plugin.Prompts.call(tokens))], 0);   // F^p of each task, [P, N, D]
        var chosen = chooser.Choose(instruction.Text, [.. networks.Plugins.Select(plugin => plugin.Name)], prompts);
        var order = tensor(chosen.Select(task => (long)task).ToArray());
        return new Conditioning(
        [
            new(PromptsName, prompts.index_select(0, order.to(device)).unsqueeze(0)),   // [1, K, N, D]
            new(TasksName, order.unsqueeze(0)),                                 // [1, K]
        ]);
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
        var image = (tile.to(device) * 2) - 1;
        return Windows.Blend(image.shape[2] / Cell, image.shape[3] / Cell, 1, window => networks.EncodePicture(window.Cut(image, Cell).to(type)))
            .to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Begin(Tensor encoded, StepContext context)
    {
        using var scope = NewDisposeScope();
        return Start(encoded, context).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        using var scope = NewDisposeScope();
        var places = contexts.Select(Locate).ToList();
        var local = places.ConvertAll(place => place.Context);
        var ready = cat([.. places.Select((place, row) => MakeReady(latents.narrow(0, row, 1), contexts[row], place))], 0);
        var stateChannels = ready.shape[1] - channels;
        var (states, pictures) = (ready.narrow(1, 0, stateChannels), ready.narrow(1, stateChannels, channels));
        var prompts = cat([.. places.Select(place => place.Context.Conditioning[PromptsName].select(1, place.Stage).to(device))], 0);   // [B, N, D]
        var (noisy, timesteps, tasks) = (schedulers.ModelInput(states, local), schedulers.Timesteps(local, device), places.ConvertAll(place => place.Task));
        var prediction = Windows.Blend(noisy.shape[2], noisy.shape[3], 1, window => networks.Predict(
            window.Cut(noisy).to(type), timesteps, prompts.to(type), window.Cut(pictures).to(type), tasks));
        var next = schedulers.Step(states, prediction, local, row => Noise.Normal(row, NoiseStage.Step, [1, .. prediction.shape[1..]], device));
        return cat([next, pictures], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Finish(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var sample = latents.narrow(1, 0, channels);
        var decoded = Windows.Blend(sample.shape[2], sample.shape[3], Cell, window => networks.Decode(window.Cut(sample).to(type)));
        return ((decoded.to(ScalarType.Float32) / 2) + 0.5).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        networks.Dispose();
        chooser.Dispose();
    }

    private int Cell => networks.Vae.Config.PixelsPerCell;

    private static int TaskCount(Conditioning conditioning) => (int)conditioning[TasksName].shape[1];

    /// <summary>Which task a step of a run belongs to, and which step of that task it is.</summary>
    private Place Locate(StepContext context)
    {
        var first = context.StepCount - (LaterSteps * (TaskCount(context.Conditioning) - 1));
        var stage = context.Step < first ? 0 : 1 + ((context.Step - first) / LaterSteps);
        var step = stage == 0 ? context.Step : (context.Step - first) % LaterSteps;
        var task = (int)context.Conditioning[TasksName][0, stage].item<long>();
        return new Place(stage, task, context with { Step = step, StepCount = stage == 0 ? first : LaterSteps });
    }

    // A row as its step wants it: a later task begins with the result of the one before, and the first steps see the noised picture.
    private Tensor MakeReady(Tensor row, StepContext context, Place place)
    {
        if (place is { Stage: > 0, Context.Step: 0 })
            row = Start(HandOn(row), context);
        var scheduler = schedulers.For(place.Context.StepCount);
        if (networks.Plugins[place.Task].StartsFromNoise || scheduler.Timesteps[place.Context.Step] < RenoiseFrom)
            return row;
        var (states, picture) = (row.narrow(1, 0, row.shape[1] - channels), row.narrow(1, row.shape[1] - channels, channels));
        using var state = scheduler.Unpack(states, place.Context.Step);
        using var noised = state.With(scheduler.AddNoise(picture, InitialNoise(place.Context, picture), place.Context.Step));
        return cat([scheduler.Pack(noised), picture], 1);
    }

    // The latent of the 8-bit picture that a finished task gives.
    private Tensor HandOn(Tensor row)
    {
        var levels = (Finish(row) * 255).round();
        return EncodePicture(levels / 255);
    }

    private Tensor Start(Tensor picture, StepContext context)
    {
        var place = Locate(context);
        var scheduler = schedulers.For(place.Context.StepCount);
        var noise = InitialNoise(place.Context, picture);
        using var state = scheduler.Start(networks.Plugins[place.Task].StartsFromNoise
            ? noise * scheduler.InitialNoiseSigma
            : scheduler.AddNoise(picture, noise, 0));
        return cat([scheduler.Pack(state), picture], 1);
    }

    // Every task of a run has the same noise.
    private Tensor InitialNoise(StepContext context, Tensor like) => Noise.Normal(context with { Step = 0 }, NoiseStage.InitialLatent, like.shape, device);

    /// <param name="Stage">Index of the task in the run.</param>
    /// <param name="Task">Index of the task among the plugins.</param>
    /// <param name="Context">The step within the task.</param>
    private sealed record Place(int Stage, int Task, StepContext Context);
}
