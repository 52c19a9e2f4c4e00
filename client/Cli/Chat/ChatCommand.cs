using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.Restore;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Chat;

/// <summary><c>./cluster chat</c>: a dialogue about one photograph.</summary>
internal static class ChatCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var photo = new Argument<string>("PHOTO") { Description = "The photograph." };
        var folder = new Option<string?>("--output", "-o") { Description = "Folder for the versions NAME.v1.EXT, NAME.v2.EXT, ... Default: beside the photograph.", HelpName = "FOLDER" };
        var session = new Option<string?>("--session") { Description = "Name of the dialogue; one that was begun before goes on.", HelpName = "NAME" };
        var strength = Numbers.Real("--strength", 0, 1, "How much of each restored picture is taken. Default 1.");
        var seed = Numbers.Seed("Seed of all noise. Default 0.");
        var mask = RegionOptions.Mask();
        var box = RegionOptions.Box();
        var feather = RegionOptions.Feather();
        var command = new Command("chat", $"Talks about a photograph: <restore>, <refine> WORDS, plain questions, and {ChatLine.Commands}.")
        {
            photo, folder, session, strength, seed, mask, box, feather, CommonOptions.Data, CommonOptions.Model, CommonOptions.Checkpoint, CommonOptions.Pipeline,
            CommonOptions.Steps, CommonOptions.Guidance, CommonOptions.ImageGuidance, CommonOptions.Scheduler, CommonOptions.Gain,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var picture = await Photo.ReadAsync(result.GetRequiredValue(photo), cancellationToken);
            var region = RegionRequest.Parse(result.GetValue(mask), result.GetValue(box), result.GetValue(feather));
            var maskFile = region is null ? null : await region.ReadMaskAsync(picture, cancellationToken);
            var files = VersionFiles.In(result.GetValue(folder) ?? Path.GetDirectoryName(picture.Path)!, picture);
            await using var cluster = await LocalCluster.StartAsync(result.GetValue(CommonOptions.Data), CommonOptions.Choice(result), cancellationToken);
            var opened = await cluster.Client.OpenSessionAsync(
                new MemoryStream(picture.File), result.GetValue(session), cluster.Model, cluster.Pipeline, cancellationToken);
            var settings = CommonOptions.Settings(result, result.GetValue(strength), result.GetValue(seed)) with
            {
                Region = region?.ToRegion(maskFile is null ? null : await cluster.Client.UploadAsync(new MemoryStream(maskFile), cancellationToken)),
            };
            await new ChatLoop(terminal, cluster.Client, opened, files, settings).RunAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }
}
