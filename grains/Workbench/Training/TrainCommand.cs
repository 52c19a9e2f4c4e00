using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Spectre.Console;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Training;

/// <summary><c>./cluster train PIPELINE</c>: trains a pipeline's networks into a checkpoint that is served as it is.</summary>
internal static class TrainCommand
{
    private const int RedirectedWidth = 240;                                    // a line of a log is not to be broken

    public static Command Create()
    {
        var names = TrainingPipelines.All.Select(pipeline => pipeline.Name).ToArray();
        var pipeline = new Argument<string>("pipeline") { Description = $"What to train: {string.Join(", ", names)}." };
        pipeline.AcceptOnlyFromAmong(names);
        var config = new Option<FileInfo?>("--config") { Description = "JSON file with the recipe (docs/training.md); without it the defaults." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of clean photographs, searched through; without it only scenes that the project draws are used." };
        var start = new Option<string?>("--base") { Description = "Checkpoint to begin with: a published folder, or one of ./cluster checkpoint init. llmra needs none.", HelpName = "DIR" };
        var output = new Option<DirectoryInfo?>("--output", "-o") { Description = "Folder of the result, the loss curve and the state; default: out/PIPELINE." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the training in the output folder." };
        var perceptual = new Option<FileInfo?>("--perceptual") { Description = "VGG16 as torchvision publishes it, for darkdiff's perceptual loss." };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
        var command = new Command("train", "Trains a pipeline: resumable, with a loss curve; Ctrl-C writes a checkpoint first.")
        {
            pipeline, config, data, start, output, resume, perceptual, device,
        };
        command.SetAction((result, cancellationToken) => Task.Run(
            () =>
            {
                var name = result.GetValue(pipeline)!;
                return Run(
                    TrainingPipelines.Find(name),
                    new Request(
                        result.GetValue(config)?.FullName, result.GetValue(data), result.GetValue(start), (result.GetValue(output) ?? new DirectoryInfo(Path.Combine("out", name))).FullName,
                        result.GetValue(resume), result.GetValue(perceptual)?.FullName, result.GetValue(device)!),
                    cancellationToken);
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(TrainingPipeline pipeline, Request request, CancellationToken cancellationToken)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = RedirectedWidth;
        var folder = new TrainingFolder(request.Output);
        folder.RequireUsable(request.Resume);
        if (request.Resume && request.Base is not null)
            throw new InputException("Give --base or --resume: a training that goes on has its base in its own folder.");
        if (!request.Resume && pipeline.NeedsBase && request.Base is null)
            throw new InputException($"'{pipeline.Name}' needs --base, the checkpoint to begin with: a published folder, or one of ./cluster checkpoint init.");

        if (request.Base is { } given && !Path.Exists(given))
            throw new InputException($"There is no checkpoint '{given}' to begin with.");
        if (request.Config is { } config && !File.Exists(config))
            throw new InputException($"There is no configuration '{config}'.");

        var options = pipeline.Read(request.Config);
        var target = DeviceOf(request.Device);
        using var pictures = new TrainingPictures(
            [.. TrainingTiles.Draw(options.DrawnPictures, options.SmallestPicture, options.Seed), .. request.Data is null ? [] : TrainingTiles.Read(request.Data, options.SmallestPicture, AnsiConsole.MarkupLineInterpolated)]);
        var setup = new TrainingSetup(request.Resume ? request.Output : request.Base, request.Output, pictures, target);
        Directory.CreateDirectory(request.Output);
        using var recipe = pipeline.Make(options, setup, new TrainingContext(request.Perceptual, text => AnsiConsole.MarkupLineInterpolated($"{text}"), cancellationToken));
        using var loop = new TrainingLoop(recipe, options, folder.StatePath, pictures.Hash, TimeProvider.System);
        if (request.Resume)
            loop.Resume();

        AnsiConsole.MarkupLineInterpolated(
            $"{pipeline.Name}: {pictures.Tiles.Count} pictures, {options.DrawnPictures} of them drawn; {recipe.Parts.Sum(part => part.Parameters.Sum(pair => pair.Parameter.numel())):N0} numbers learn; steps {loop.Step} to {options.Steps}.");
        using var log = new LossLog(folder.TablePath, folder.CurvePath, loop.Step);
        var isDone = loop.Run(
            report =>
            {
                log.Add(report);
                AnsiConsole.MarkupLineInterpolated($"{ProgressLine.Of(report, options.Steps)}");
            },
            cancellationToken);
        log.Draw();
        foreach (var line in recipe.Summary)
            AnsiConsole.MarkupLineInterpolated($"{line}");
        AnsiConsole.MarkupLineInterpolated($"{(isDone ? "Wrote" : $"Stopped at step {loop.Step}; --resume goes on. Wrote")} {request.Output}.");
        return ExitCode.Done;
    }

    private static Device DeviceOf(string text)
    {
        if (text != "cpu" && !(text == "cuda" || (text.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(text[5..], out _))))
            throw new InputException($"--device is '{text}'; allowed are cpu, cuda and cuda:N.");
        return text == "cpu" || cuda.is_available() ? device(text) : throw new InputException($"--device is '{text}', and there is no CUDA here; use cpu.");
    }

    private sealed record Request(string? Config, DirectoryInfo? Data, string? Base, string Output, bool Resume, string? Perceptual, string Device);
}
