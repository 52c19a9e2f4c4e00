using System.CommandLine;

namespace Darkroom.Cli;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Gets the option for the cluster's folder.</summary>
    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "Folder where sessions and pictures are kept. Default: $DARKROOM_HOME/blobs, else ~/.darkroom/blobs.",
        HelpName = "FOLDER",
    };

    /// <summary>Gets the option for another checkpoint.</summary>
    public static Option<string?> Model { get; } = new("--model")
    {
        Description = "Checkpoint to restore with (safetensors). Default: the one that ships.",
        HelpName = "FILE",
    };
}
