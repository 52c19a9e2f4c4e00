using System.CommandLine;
using System.Globalization;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Training;
using Darkroom.Models.Training.Data;
using Spectre.Console;

namespace Darkroom.Workbench.Training;

/// <summary><c>./cluster train llmra</c>: trains the compact restorer and its describer.</summary>
internal static class TrainCommand
{
    private const int BadInput = 2;
    private const int RedirectedWidth = 200;                                    // a line of a log is not to be broken

    public static Command Create()
    {
        var pipeline = new Argument<string>("pipeline") { Description = "What to train: llmra." };
        pipeline.AcceptOnlyFromAmong("llmra");
        var config = new Option<FileInfo?>("--config") { Description = "JSON file with the recipe; without it the defaults." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of clean photographs, searched through; without it only scenes that the project draws are used." };
        var output = new Option<FileInfo>("--output", "-o") { Description = "Checkpoint to write.", DefaultValueFactory = _ => new FileInfo("out/llmra-compact.safetensors") };
        var resume = new Option<FileInfo?>("--resume") { Description = "Checkpoint to go on from." };
        var command = new Command("train", "Trains a model.") { pipeline, config, data, output, resume };
        command.SetAction((result, cancellationToken) => Task.Run(() => Run(
            result.GetValue(config), result.GetValue(data), result.GetValue(output)!, result.GetValue(resume), cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(FileInfo? config, DirectoryInfo? data, FileInfo output, FileInfo? resume, CancellationToken cancellationToken)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = RedirectedWidth;
        var tiles = new List<TrainingTile>();
        try
        {
            var options = config is null ? new LlmraTrainingOptions() : LlmraTrainingOptions.Read(config.FullName);
            options.Validate();
            tiles.AddRange(TrainingTiles.Draw(options.DrawnSceneCount, options.Seed));
            if (data is not null)
                tiles.AddRange(TrainingTiles.Read(data, options.PatchSizes.Max(), AnsiConsole.MarkupLineInterpolated));
            if (tiles.Count == 0)
                throw new ArgumentException("There is nothing to train on: give --data, or a DrawnSceneCount above 0.");

            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"Training on {tiles.Count} pictures, {options.DrawnSceneCount} of them drawn; at most {options.Iterations} steps or {options.Minutes} minutes.");
            output.Directory!.Create();
            using var trainer = new LlmraTrainer(options, tiles, resume?.FullName);
            using var log = new StreamWriter(Path.ChangeExtension(output.FullName, ".csv")) { AutoFlush = true };
            log.WriteLine("iteration,minutes,reconstruction,triplet,exposure,describer,learning_rate");
            trainer.Run(output.FullName, progress => Report(progress, log), cancellationToken);
            if (trainer.RainResult is { } rain)
            {
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                    $"Rain, {rain.Count} pictures not trained on: {rain.Missed:P1} of the rainy ones missed, {rain.FalseAlarms:P1} of the others called rainy, {rain.CrossEntropy:F3} nats.");
            }

            AnsiConsole.MarkupLineInterpolated($"Wrote {output.FullName}.");
            return 0;
        }
        catch (Exception error) when (error is ArgumentException or IOException or InvalidCheckpointException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"train: {error.Message}");
            return BadInput;
        }
        finally
        {
            tiles.ForEach(tile => tile.Dispose());
        }
    }

    private static void Report(TrainingProgress progress, StreamWriter log)
    {
        log.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{progress.Iteration},{progress.Elapsed.TotalMinutes:F2},{progress.Reconstruction:F6},{progress.Triplet:F3},{progress.Exposure:F4},{progress.Describer:F4},{progress.LearningRate:G4}"));
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{progress.Fraction,6:P1}  step {progress.Iteration,6}  L1 {progress.Reconstruction:F5}  triplet {progress.Triplet:F1}  gain {progress.Exposure:F3}  describer {progress.Describer:F3}  rate {progress.LearningRate:E1}  {progress.Elapsed:hh\\:mm\\:ss}");
    }
}
