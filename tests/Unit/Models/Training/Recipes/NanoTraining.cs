using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Recipes;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Recipes;

/// <summary>The recipes that begin with a nano checkpoint, each with options that take a moment.</summary>
internal static class NanoTraining
{
    private const int Side = 64;

    // Learnt by heart: what is drawn is the same at every step.
    private static readonly Dictionary<string, (string Checkpoint, TrainingOptions Options)> ByName = new(StringComparer.Ordinal)
    {
        ["diff-plugin"] = ("diff-plugin", new DiffPluginTrainingOptions { Task = "derain", PictureSize = Side, BatchSize = 2, LearningRate = 3e-3 }),
        ["diff-plugin-selector"] = ("diff-plugin", new SelectorTrainingOptions { PictureSize = Side, BatchSize = 4, Negatives = 15, KeepsPositive = true, LearningRate = 3e-3 }),
        ["darkdiff-vae"] = ("darkdiff", new DarkDiffTrainingOptions { Stage = DarkDiffStage.Vae, PictureSize = Side, BatchSize = 2, PerceptualWeight = 0, AdversarialWeight = 0.1, DiscriminatorWidth = 8, LearningRate = 3e-3 }),
        ["darkdiff-unet"] = ("darkdiff", new DarkDiffTrainingOptions { Stage = DarkDiffStage.UNet, PictureSize = Side, BatchSize = 2, DecoderWeight = 0.1, LearningRate = 3e-3 }),
        ["mgie"] = ("mgie", new MgieTrainingOptions { PictureSize = Side, BatchSize = 2, LearningRate = 3e-3 }),
    };

    /// <summary>The options of a recipe, for a few steps.</summary>
    public static TrainingOptions OptionsOf(string name, int steps) =>
        ByName[name].Options with { Steps = steps, Overfit = true, WarmupSteps = 0, AveragingDecay = 0.5, ReportSteps = 1, CheckpointSteps = 1000, WeightDecay = 0 };

    /// <summary>Writes the checkpoint that a recipe begins with.</summary>
    public static string WriteBase(string name, string folder)
    {
        var path = Path.Combine(folder, "base");
        NanoCheckpoint.Write(ByName[name].Checkpoint, 1, path);
        return path;
    }

    /// <summary>A few drawn pictures.</summary>
    public static TrainingPictures Pictures() => new([.. Enumerable.Range(0, 3).Select(seed => new TrainingTile(DrawnScenes.Draw(96, seed), 96, 96, overviewSize: 16))]);

    /// <summary>Makes a recipe.</summary>
    public static ITrainingRecipe Make(TrainingOptions options, TrainingSetup setup) => options switch
    {
        DiffPluginTrainingOptions own => new DiffPluginRecipe(own, setup),
        SelectorTrainingOptions own => new SelectorRecipe(own, setup),
        DarkDiffTrainingOptions own => new DarkDiffRecipe(own, setup),
        MgieTrainingOptions own => new MgieRecipe(own, setup),
        LlmraTrainingOptions own => new LlmraRecipe(own, setup),
        _ => throw new ArgumentException($"There is no recipe for {options.GetType().Name}."),
    };

    /// <summary>Trains.</summary>
    /// <param name="options">The options.</param>
    /// <param name="start">The checkpoint to begin with, or null to go on with what is in the output folder.</param>
    /// <param name="output">The output folder.</param>
    /// <param name="stopAfter">Steps after which the training is cancelled, or null.</param>
    /// <returns>The losses at each step.</returns>
    public static List<IReadOnlyList<(string Name, double Value)>> Train(TrainingOptions options, string? start, string output, int? stopAfter = null)
    {
        using var pictures = Pictures();
        using var recipe = Make(options, new TrainingSetup(start ?? output, output, pictures, CPU));
        using var loop = new TrainingLoop(recipe, options, Path.Combine(output, ".training", "state.safetensors"), pictures.Hash, TimeProvider.System);
        if (start is null)
            loop.Resume();
        using var stop = new CancellationTokenSource();
        var losses = new List<IReadOnlyList<(string, double)>>();
        loop.Run(
            report =>
            {
                losses.Add(report.Losses);
                if (report.Step == stopAfter)
                    stop.Cancel();
            },
            stop.Token);
        return losses;
    }
}
