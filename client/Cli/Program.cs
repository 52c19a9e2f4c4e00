using System.CommandLine;
using Darkroom.Cli;
using Darkroom.Cli.Chat;
using Darkroom.Cli.Checkpoints;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Info;
using Darkroom.Cli.Restore;
using Darkroom.Cli.Terminals;

var terminal = Terminal.OfProcess();
var root = new RootCommand("Restores photographs on a cluster that runs in this process.")
{
    RestoreCommand.Create(terminal),
    ChatCommand.Create(terminal),
    CheckpointCommand.Create(terminal),
    InfoCommand.Create(terminal),
};
return await new CommandHost("darkroom", terminal.Error, InputErrors.Includes).RunAsync(root, args);
