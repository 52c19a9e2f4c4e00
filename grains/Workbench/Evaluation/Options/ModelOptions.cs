using System.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.CommandLine;
using Darkroom.Models.Pipelines;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Options that say what restores, and how.</summary>
internal sealed class ModelOptions
{
    private const int MaxSteps = 1000;
    private const double MaxGuidance = 100;

    private readonly Option<string?> model = new("--model") { Description = "Checkpoint (safetensors); default: the one that ships.", HelpName = "FILE" };
    private readonly Option<string?> checkpoint = new("--checkpoint") { Description = "Imported checkpoint; './cluster checkpoint list' names them.", HelpName = "NAME" };
    private readonly Option<string?> pipeline = new("--pipeline") { Description = $"How to restore: {string.Join(", ", ModelChoice.Pipelines)}. Default: what the checkpoint is for.", HelpName = "NAME" };
    private readonly Option<string?> data = new("--data") { Description = "Folder where imported checkpoints are. Default: $DARKROOM_HOME/blobs, else ~/.darkroom/blobs.", HelpName = "FOLDER" };
    private readonly Option<string?> device = new("--device") { Description = "cpu or cuda:N; default: the first CUDA device, or the CPU.", HelpName = "DEVICE" };
    private readonly Option<int?> steps = Numbers.Whole("--steps", 1, MaxSteps, "Denoising steps. Default: the pipeline's.");
    private readonly Option<string?> scheduler = new("--scheduler") { Description = "How noise is taken away, such as unipc or ddpm. Default: the pipeline's.", HelpName = "NAME" };
    private readonly Option<double?> guidance = Numbers.Real("--guidance", 0, MaxGuidance, "How much the instruction counts, 1 = off. Default: the pipeline's.");
    private readonly Option<double?> imageGuidance = Numbers.Real("--image-guidance", 0, MaxGuidance, "How much the picture counts where guidance has two scales (mgie). Default: the pipeline's.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        pipeline.AcceptOnlyFromAmong([.. ModelChoice.Pipelines]);
        foreach (var option in (Option[])[model, checkpoint, pipeline, data, device, steps, scheduler, guidance, imageGuidance])
            command.Add(option);
    }

    /// <summary>What was said about the model.</summary>
    public ModelChoice ReadChoice(ParseResult result) => new(result.GetValue(model), result.GetValue(checkpoint), result.GetValue(pipeline));

    /// <summary>The folder of imported checkpoints, or null.</summary>
    public string? ReadDataFolder(ParseResult result) => result.GetValue(data);

    /// <summary>The device's name, or null.</summary>
    public string? ReadDevice(ParseResult result) => result.GetValue(device);

    /// <summary>The settings of the runs.</summary>
    public RunSettings ReadSettings(ParseResult result, ulong seed) => new(
        seed, result.GetValue(steps), result.GetValue(guidance), result.GetValue(scheduler), result.GetValue(imageGuidance));
}
