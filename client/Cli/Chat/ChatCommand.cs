using System.CommandLine;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Restore;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Chat;

/// <summary><c>./cluster chat</c>: a dialogue about one photograph.</summary>
internal static class ChatCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var photo = new Argument<string?>("PHOTO") { Description = "The photograph; may be left out for a --session that was begun before.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--output", "-o") { Description = "Folder for the versions NAME.v1.EXT, NAME.v2.EXT, ... Default: beside the photograph.", HelpName = "FOLDER" };
        var session = new Option<string?>("--session") { Description = "Name of the dialogue; one that was begun before goes on.", HelpName = "NAME" };
        var strength = Numbers.Real("--strength", 0, 1, "How much of each restored picture is taken. Default 1.");
        var seed = Numbers.Seed("Seed of all noise. Default 0.");
        var mask = RegionOptions.Mask();
        var box = RegionOptions.Box();
        var feather = RegionOptions.Feather();
        var command = new Command("chat", $"Talks about a photograph: <restore>, <refine> WORDS, plain questions, and {ChatLine.Commands}.")
        {
            photo, output, session, strength, seed, mask, box, feather, CommonOptions.Model, CommonOptions.Checkpoint, CommonOptions.Pipeline,
            CommonOptions.Steps, CommonOptions.Guidance, CommonOptions.ImageGuidance, CommonOptions.Scheduler, CommonOptions.Gain, CommonOptions.Json,
        };
        ClusterTarget.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var (target, name, path) = (ClusterTarget.Read(result), result.GetValue(session), result.GetValue(photo));
            if (path is null && name is null)
                throw new InputException("Name a PHOTO to talk about, or with --session a dialogue to go on with.");
            var given = path is null ? null : await Photo.ReadAsync(path, cancellationToken);
            var folder = result.GetValue(output) ?? (given is null ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(given.Path)!);
            var region = RegionRequest.Parse(result.GetValue(mask), result.GetValue(box), result.GetValue(feather));
            if (given is not null)
                VersionFiles.In(folder, given);                                 // refused before anything is started
            await using var cluster = await ClusterConnection.OpenAsync(target, CommonOptions.Choice(result), null, cancellationToken);
            var opened = given is null ? cluster.Session(name!) : await cluster.OpenSessionAsync(given.File, name, cancellationToken);
            var picture = given ?? await SessionPhoto.DownloadAsync(cluster, opened, folder, cancellationToken);
            var maskFile = region is null ? null : await region.ReadMaskAsync(picture, cancellationToken);
            var settings = CommonOptions.Settings(result, result.GetValue(strength), result.GetValue(seed)) with
            {
                Region = region?.ToRegion(maskFile is null ? null : await cluster.UploadAsync(new MemoryStream(maskFile), cancellationToken)),
            };
            await new ChatLoop(terminal, new ChatWriter(terminal, result.GetValue(CommonOptions.Json)), cluster, opened, VersionFiles.In(folder, picture), settings).RunAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }
}
