using System.CommandLine;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;
using Darkroom.Client;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Restore;

/// <summary><c>./cluster restore</c>: restores one photograph.</summary>
internal static class RestoreCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var photo = new Argument<string?>("PHOTO")
        {
            Description = "The photograph, or '-' for one on standard input. Without one a sample scene is drawn, degraded and restored, and written to ./out/.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "File to write; its extension says the format; '-' is standard output. Default: NAME.restored.EXT beside the photograph, or standard output for one that came there. A sheet NAME.sheet.EXT is written beside a file.",
            HelpName = "OUT",
        };
        var instruction = new Option<string?>("--instruction") { Description = "What is to be done, in your words, such as \"brighter\"; without it the picture decides.", HelpName = "TEXT" };
        var strength = Numbers.Real("--strength", 0, 1, "How much of the restored picture is taken; the rest is the photograph. Default 1.");
        var seed = Numbers.Seed("Seed of all noise; the same seed gives the same picture. Default 0.");
        var mask = RegionOptions.Mask();
        var box = RegionOptions.Box();
        var feather = RegionOptions.Feather();
        var rounds = Numbers.Whole(
            "--rounds", 1, IterativeRestoration.MaxRounds, "Restore, describe the result, restore the photograph again by that description; so often, or until the description stops changing. Default 1.");
        var previews = Numbers.Whole("--previews", 1, RestorationSettings.MaxSteps, "After every N steps write the picture as it is then: NAME.preview01.png and so on beside the result.");
        var side = new Option<string?>("--raw-side") { Description = "JSON file that says how a 16-bit grey PHOTO, a Bayer mosaic, is to be read: pattern, levels, white balance.", HelpName = "FILE" };
        var format = FormatOption.Create("Format of a picture on standard output. Default: the photograph's.");
        var command = new Command("restore", "Restores a photograph.")
        {
            photo, output, format, instruction, strength, seed, mask, box, feather, CommonOptions.Model, CommonOptions.Checkpoint, CommonOptions.Pipeline,
            CommonOptions.Steps, CommonOptions.Guidance, CommonOptions.ImageGuidance, CommonOptions.Scheduler, CommonOptions.Gain, side, rounds, previews, CommonOptions.Json,
        };
        ClusterTarget.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            var request = new RestoreRequest(
                result.GetValue(photo),
                result.GetValue(output),
                result.GetValue(instruction),
                CommonOptions.Settings(result, result.GetValue(strength), result.GetValue(seed)),
                ClusterTarget.Read(result),
                CommonOptions.Choice(result),
                result.GetValue(CommonOptions.Json),
                result.GetValue(rounds) ?? 1,
                RegionRequest.Parse(result.GetValue(mask), result.GetValue(box), result.GetValue(feather)),
                result.GetValue(previews),
                result.GetValue(side),
                FormatOption.Read(result.GetValue(format)));
            return new RestoreRun(request, terminal).RunAsync(cancellationToken);
        });
        return command;
    }
}
