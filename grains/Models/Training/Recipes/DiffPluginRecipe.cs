using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Clip;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Training.Data.Tasks;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;

namespace Darkroom.Models.Training.Recipes;

/// <summary>How a task plugin is trained.</summary>
public sealed record DiffPluginTrainingOptions : TrainingOptions
{
    /// <summary>Gets the task, one of <see cref="TaskDegradations.Tasks"/>. Default: derain.</summary>
    public string Task { get; init; } = "derain";

    /// <summary>Gets the side of the patches (pixels). Default: 512, as Stable Diffusion.</summary>
    public int PictureSize { get; init; } = 512;

    /// <inheritdoc/>
    public override int SmallestPicture => PictureSize;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(TaskDegradations.Tasks.Contains(Task, StringComparer.Ordinal), nameof(Task), $"'{Task}'", $"one of {string.Join(", ", TaskDegradations.Tasks)}");
        RequirePictureSize(nameof(PictureSize), PictureSize);
    }
}

/// <summary>Trains one task's TPB and SCB over a frozen Stable Diffusion.</summary>
/// <remarks>Liu et al. 2024, arXiv:2403.00644, eq. (3).</remarks>
public sealed class DiffPluginRecipe : ITrainingRecipe
{
    private readonly TrainingCheckpoint checkpoint;
    private readonly FoundComponent promptsFile;
    private readonly FoundComponent complementsFile;
    private readonly DiffPluginNetworks networks;
    private readonly TaskPlugin plugin;

    /// <summary>Loads the networks.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Checkpoint and pictures.</param>
    /// <exception cref="Darkroom.Models.Checkpoints.InvalidCheckpointException">A network is missing or damaged.</exception>
    public DiffPluginRecipe(DiffPluginTrainingOptions options, TrainingSetup setup)
    {
        checkpoint = setup.OpenCheckpoint();
        var scheduler = checkpoint.ReadScheduler(SchedulerKind.Ddpm);
        promptsFile = PluginFiles.Find(checkpoint, PluginFiles.PromptsKind, options.Task);
        complementsFile = PluginFiles.Find(checkpoint, PluginFiles.ComplementsKind, options.Task);
        TrainingCheckpoint.RequireWritable(promptsFile);
        TrainingCheckpoint.RequireWritable(complementsFile);
        plugin = new TaskPlugin(
            options.Task, checkpoint.Load<TaskPromptBranch>(promptsFile), checkpoint.Load<SpatialComplementBranch>(complementsFile));
        networks = new DiffPluginNetworks(
            checkpoint.Load<ClipVisionModel>("clip-vision"), checkpoint.Load<UNet2DCondition>("unet"), checkpoint.Load<AutoencoderKL>("vae"), [plugin]);
        var objective = new DiffPluginObjective(networks, task: 0, scheduler);
        Parts = [new TrainedPart("plugin", [.. objective.Learned], draw => Compute(options, setup, objective, scheduler, draw))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <inheritdoc/>
    public void Begin() => checkpoint.CopyFiles();

    /// <inheritdoc/>
    public void Export()
    {
        checkpoint.Write(promptsFile, plugin.Prompts);
        checkpoint.Write(complementsFile, plugin.Complements);
    }

    /// <inheritdoc/>
    public void Dispose() => networks.Dispose();

    private StepLosses Compute(
        DiffPluginTrainingOptions options, TrainingSetup setup, DiffPluginObjective objective, SchedulerConfig scheduler, TrainingDraw draw)
    {
        var (image, degraded) = TrainingBatch.Pairs(setup.Pictures, draw, options.BatchSize, options.PictureSize, setup.Device,
            (clean, _) => TaskDegradations.Apply(options.Task, clean, draw.Random, draw.Generator));
        var latent = TrainingBatch.LatentShape(options.BatchSize, networks.Vae.Config.LatentChannels, options.PictureSize, networks.Vae.Config.PixelsPerCell);
        var batch = new DiffPluginBatch(
            image, degraded, draw.Timesteps(setup.Device, options.BatchSize, scheduler.TrainTimesteps), draw.Normal(setup.Device, latent), draw.Normal(setup.Device, latent));
        var loss = DiffPluginObjective.Loss(batch, objective.Run(batch));
        return new StepLosses(loss, ("noise", loss));
    }
}
