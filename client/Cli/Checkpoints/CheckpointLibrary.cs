using Darkroom.Cli.Clusters;
using Darkroom.Cli.Embedded;
using Darkroom.Grains.Checkpoints;

namespace Darkroom.Cli.Checkpoints;

/// <summary>The cluster's blob store, opened without a cluster.</summary>
internal static class CheckpointLibrary
{
    /// <summary>Opens the store that section <c>BlobStore</c> of the environment says, by default a folder.</summary>
    /// <param name="dataFolder">The folder, or null for the default.</param>
    /// <exception cref="CommandLine.InputException">The folder cannot be written, or the environment names a server.</exception>
    public static OfflineCheckpoints Open(string? dataFolder)
    {
        ClusterTarget.RequireHere("this command", dataFolder);
        return OfflineCheckpoints.Open(dataFolder, LocalCluster.RequireWritable);
    }
}
