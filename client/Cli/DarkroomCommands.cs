using System.CommandLine;
using Darkroom.Cli.Chat;
using Darkroom.Cli.Checkpoints;
using Darkroom.Cli.Info;
using Darkroom.Cli.Jobs;
using Darkroom.Cli.Restore;
using Darkroom.Cli.Sessions;
using Darkroom.Cli.Status;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli;

/// <summary>All that this program can be asked.</summary>
internal static class DarkroomCommands
{
    /// <summary>Makes the tree of its commands.</summary>
    public static RootCommand Create(Terminal terminal) => new("Restores photographs, on a cluster in this process or on a server.")
    {
        RestoreCommand.Create(terminal),
        ChatCommand.Create(terminal),
        JobCommand.Create(terminal),
        SessionCommand.Create(terminal),
        CheckpointCommand.Create(terminal),
        ClusterCommand.Create(terminal),
        InfoCommand.Create(terminal),
    };
}
