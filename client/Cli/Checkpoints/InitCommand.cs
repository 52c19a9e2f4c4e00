using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Models.Checkpoints.Nano;

namespace Darkroom.Cli.Checkpoints;

/// <summary><c>checkpoint init</c>: writes a small random checkpoint in the official layout.</summary>
internal static class InitCommand
{
    private const string Nano = "nano";
    private const string Small = "small";
    private const string SmallPipeline = "vlm-imi";

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var pipeline = new Argument<string>("PIPELINE") { Description = $"One of {string.Join(", ", NanoCheckpoint.Pipelines)}." };
        pipeline.AcceptOnlyFromAmong([.. NanoCheckpoint.Pipelines]);
        var size = new Option<string>("--size") { Description = $"Size of the networks: {Nano}, for tests, or of {SmallPipeline} {Small}, to be trained.", HelpName = $"{Nano}|{Small}", DefaultValueFactory = _ => Nano };
        size.AcceptOnlyFromAmong(Nano, Small);
        var seed = Numbers.Whole("--seed", 0, int.MaxValue, "Seed of the weights; the same seed gives the same bytes. Default 0.");
        var output = new Option<string?>("--output", "-o") { Description = "Folder to make. Default: ./PIPELINE-nano.", HelpName = "DIR" };
        var name = new Option<string?>("--as") { Description = "Import it under this name too.", HelpName = "NAME" };
        var command = new Command("init", "Writes a small random checkpoint in the official layout, for tests and for training from scratch.")
        {
            pipeline, size, seed, output, name, CommonOptions.Data, CommonOptions.Json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var folder = Path.GetFullPath(result.GetValue(output) ?? $"{result.GetValue(pipeline)}-{result.GetValue(size)}");
            Write(result.GetValue(pipeline)!, result.GetValue(size) == Small, result.GetValue(seed) ?? 0, folder);
            var isJson = result.GetValue(CommonOptions.Json);
            if (isJson)
                JsonLine.Write(terminal.Out, new { output = folder });
            else
                terminal.Out.WriteLine($"wrote     {folder}");
            if (result.GetValue(name) is not { } wanted)
                return ExitCode.Done;
            return await new ImportRun(new(folder, wanted, License: "none, random weights"), terminal, isJson).RunAsync(result.GetValue(CommonOptions.Data), cancellationToken);
        });
        return command;
    }

    /// <summary>Writes beside the folder first, so that a failure leaves nothing that looks like a checkpoint.</summary>
    private static void Write(string pipeline, bool isSmall, int seed, string folder)
    {
        if (isSmall && pipeline != SmallPipeline)
            throw new InputException($"There is no {Small} {pipeline}; --size {Small} is for {SmallPipeline}.");
        if (Path.Exists(folder))
            throw new InputException($"'{folder}' exists already; choose another folder with --output.");
        var part = $"{folder}.{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(part);
            if (isSmall)
                NanoCheckpoint.WriteSmallVlmImi(seed, part);
            else
                NanoCheckpoint.Write(pipeline, seed, part);
            Directory.Move(part, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The folder '{folder}' cannot be written: {error.Message}", error);
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
        }
    }
}
