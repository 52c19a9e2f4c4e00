using System.CommandLine;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;

namespace Darkroom.Cli.Checkpoints;

/// <summary><c>./cluster checkpoint</c>: brings published weights into the cluster and looks after them.</summary>
internal static class CheckpointCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal) => new("checkpoint", "Brings published weights into the cluster and looks after them.")
    {
        Import(terminal), Combine(terminal), List(terminal), Show(terminal), Verify(terminal), Remove(terminal), InitCommand.Create(terminal),
    };

    private static Command Import(Terminal terminal)
    {
        var source = new Argument<string[]>("DIR|FILE")
        {
            Description = "Folder of the published checkpoint, or one file of it (.safetensors, .bin, .pt, .pth, .ckpt); several become one, as if their folders lay side by side.",
            Arity = ArgumentArity.OneOrMore,
        };
        var name = NameOption("Name that the checkpoint gets.");
        var layout = new Option<string?>("--layout") { Description = $"Layout that it must have; found out without it: {string.Join(", ", CheckpointLayout.Names)}.", HelpName = "L" };
        layout.AcceptOnlyFromAmong([.. CheckpointLayout.Names]);
        var license = new Option<string?>("--license") { Description = "Its license, as its publisher says. Default: that of the folder's README.md, else unknown.", HelpName = "TEXT" };
        var type = new Option<string?>("--dtype") { Description = "Convert the weights. Default: as they are.", HelpName = string.Join('|', ImportRun.Types.Keys) };
        type.AcceptOnlyFromAmong([.. ImportRun.Types.Keys]);
        var command = new Command("import", "Checks names and shapes against the architecture, converts pickles without executing them, and keeps the checkpoint by the hash of its bytes.")
        {
            source, name, layout, license, type, CommonOptions.Data, CommonOptions.Json,
        };
        command.SetAction((result, cancellationToken) => new ImportRun(
            new(result.GetValue(source)![0], result.GetValue(name)!, result.GetValue(layout), result.GetValue(license), ImportRun.TypeOf(result.GetValue(type)))
            {
                More = result.GetValue(source)![1..],
            },
            terminal,
            result.GetValue(CommonOptions.Json)).RunAsync(result.GetValue(CommonOptions.Data), cancellationToken));
        return command;
    }

    private static Command Combine(Terminal terminal)
    {
        var parts = new Argument<string[]>("NAME") { Description = "Names of imported checkpoints.", Arity = ArgumentArity.OneOrMore };
        var name = NameOption("Name that the whole gets.");
        var license = new Option<string?>("--license") { Description = "Its license. Default: those of the parts.", HelpName = "TEXT" };
        var command = new Command("combine", "Puts imported checkpoints together into one, such as a base and a paper's networks; no byte is copied.") { parts, name, license, CommonOptions.Data, CommonOptions.Json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var library = CheckpointLibrary.Open(result.GetValue(CommonOptions.Data));
            var whole = await new CheckpointCombiner(library.Store, TimeProvider.System).CombineAsync(
                result.GetValue(parts)!, result.GetValue(name)!, result.GetValue(license), cancellationToken);
            CheckpointReport.Show(whole, terminal.Out, result.GetValue(CommonOptions.Json));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "Lists the checkpoints.") { CommonOptions.Json };
        ClusterTarget.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var (target, isJson) = (ClusterTarget.Read(result), result.GetValue(CommonOptions.Json));
            if (target.Server is not null)
            {
                await using var cluster = await ClusterConnection.OpenAsync(target, cancellationToken);
                CheckpointReport.List(await cluster.ListCheckpointsAsync(cancellationToken), terminal.Out, isJson);
                return ExitCode.Done;
            }

            using var library = CheckpointLibrary.Open(target.DataFolder);
            await CheckpointReport.ListAsync(library.Store.ListAsync(cancellationToken), terminal.Out, isJson);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var name = NameArgument();
        var command = new Command("show", "Shows what a checkpoint is made of.") { name, CommonOptions.Data, CommonOptions.Json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var library = CheckpointLibrary.Open(result.GetValue(CommonOptions.Data));
            CheckpointReport.Show(await library.Store.GetAsync(result.GetValue(name)!, cancellationToken), terminal.Out, result.GetValue(CommonOptions.Json));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify(Terminal terminal)
    {
        var name = NameArgument();
        var command = new Command("verify", "Compares every byte of a checkpoint with the hashes of its manifest.") { name, CommonOptions.Data, CommonOptions.Json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var library = CheckpointLibrary.Open(result.GetValue(CommonOptions.Data));
            var manifest = await library.Store.GetAsync(result.GetValue(name)!, cancellationToken);
            var faults = await ProgressView.RunAsync(terminal, view => library.Store.VerifyAsync(
                manifest,
                new ViewProgress<(long Bytes, string Path)>(read => view.Show((double)read.Bytes / Math.Max(1, manifest.SizeBytes), $"verifying, {read.Path}")),
                cancellationToken));
            if (faults.Count > 0)
                throw new InputException($"Checkpoint '{manifest.Name}' cannot be used: {string.Join("; ", faults)}. Remove it and import it again.");
            var files = manifest.Blobs.DistinctBy(blob => blob.Sha256).Count();
            if (result.GetValue(CommonOptions.Json))
                JsonLine.Write(terminal.Out, new { name = manifest.Name, files, manifest.SizeBytes, isWhole = true });
            else
                terminal.Out.WriteLine($"{manifest.Name}: {files} files, {CheckpointReport.Size(manifest.SizeBytes)}, every hash is right");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var name = NameArgument();
        var command = new Command("remove", "Removes a checkpoint, and of its bytes those that no other checkpoint has.") { name, CommonOptions.Data, CommonOptions.Json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var library = CheckpointLibrary.Open(result.GetValue(CommonOptions.Data));
            var freed = await library.Store.RemoveAsync(result.GetValue(name)!, cancellationToken);
            if (result.GetValue(CommonOptions.Json))
                JsonLine.Write(terminal.Out, new { name = result.GetValue(name), freedBytes = freed });
            else
                terminal.Out.WriteLine($"removed {result.GetValue(name)}, {CheckpointReport.Size(freed)} freed");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> NameArgument() => new("NAME") { Description = "Name of the checkpoint." };

    private static Option<string> NameOption(string description) => new("--as") { Description = description, HelpName = "NAME", Required = true };
}
