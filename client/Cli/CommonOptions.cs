using System.CommandLine;
using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private const string AutomaticGain = "auto";

    /// <summary>Gets the option for the cluster's folder.</summary>
    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "Folder of the cluster in this process, where sessions and pictures are kept. Default: $DARKROOM_HOME/blobs, else ~/.darkroom/blobs.",
        HelpName = "FOLDER",
    };

    /// <summary>Gets the option for answers to programs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON, an object a line, and with nothing else on standard output." };

    /// <summary>Gets the option for another checkpoint.</summary>
    public static Option<string?> Model { get; } = new("--model")
    {
        Description = "Checkpoint to restore with (safetensors). Default: the one that ships.",
        HelpName = "FILE",
    };

    /// <summary>Gets the option for an imported checkpoint.</summary>
    public static Option<string?> Checkpoint { get; } = new("--checkpoint")
    {
        Description = "Imported checkpoint to restore with; './cluster checkpoint list' names them.",
        HelpName = "NAME",
    };

    /// <summary>Gets the option for a pipeline.</summary>
    public static Option<string?> Pipeline { get; } = MakePipeline();

    /// <summary>Gets the option for the number of denoising steps.</summary>
    public static Option<int?> Steps { get; } = Numbers.Whole("--steps", 1, RestorationSettings.MaxSteps, "Denoising steps. Default: the pipeline's.");

    /// <summary>Gets the option for the guidance scale.</summary>
    public static Option<double?> Guidance { get; } =
        Numbers.Real("--guidance", 0, RestorationSettings.MaxGuidanceScale, "How much the instruction counts, 1 = off. Default: the pipeline's.");

    /// <summary>Gets the option for the picture's guidance scale.</summary>
    public static Option<double?> ImageGuidance { get; } =
        Numbers.Real("--image-guidance", 0, RestorationSettings.MaxGuidanceScale, "How much the photograph itself counts where guidance has two scales (mgie). Default: the pipeline's.");

    /// <summary>Gets the option for the digital gain of RAW files.</summary>
    public static Option<string?> Gain { get; } = MakeGain();

    /// <summary>Gets the option for the update rule.</summary>
    public static Option<string?> Scheduler { get; } = new("--scheduler")
    {
        Description = "How noise is taken away, such as unipc or ddpm. Default: the pipeline's.",
        HelpName = "NAME",
    };

    /// <summary>Reads what a user said about the model.</summary>
    public static ModelChoice Choice(ParseResult result) =>
        new(result.GetValue(Model), result.GetValue(Checkpoint), result.GetValue(Pipeline));

    /// <summary>Reads the settings of a run.</summary>
    public static RestorationSettings Settings(ParseResult result, double? strength, ulong? seed) => new(
        strength ?? 1, seed ?? 0, result.GetValue(Steps), result.GetValue(Guidance), Scheduler: result.GetValue(Scheduler), Gain: GainOf(result),
        ImageGuidanceScale: result.GetValue(ImageGuidance));

    private static double? GainOf(ParseResult result) =>
        double.TryParse(result.GetValue(Gain), NumberStyles.Float, CultureInfo.InvariantCulture, out var gain) ? gain : null;

    private static Option<string?> MakeGain()
    {
        var option = new Option<string?>("--gain")
        {
            Description = "Digital gain of a RAW file: 'auto' (what the file asks for, else by its brightness) or a number. Default auto.",
            HelpName = "auto|N",
        };
        option.Validators.Add(result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var gain) && gain > 0 && gain <= RestorationSettings.MaxGain;
            if (text != AutomaticGain && !isNumber)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--gain is '{text}'; allowed are '{AutomaticGain}' and numbers above 0 up to {RestorationSettings.MaxGain}."));
        });
        return option;
    }

    private static Option<string?> MakePipeline()
    {
        var option = new Option<string?>("--pipeline")
        {
            Description = $"How to restore: {string.Join(", ", ModelChoice.Pipelines)}. Default: that of --checkpoint or --model, else chosen by the instruction, the picture and what was imported.",
            HelpName = "NAME",
        };
        option.AcceptOnlyFromAmong([.. ModelChoice.Pipelines]);
        return option;
    }
}
