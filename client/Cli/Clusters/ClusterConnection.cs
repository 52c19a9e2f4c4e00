using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.Remote;

namespace Darkroom.Cli.Clusters;

/// <summary>Reaches the cluster that a command is to talk to.</summary>
internal static class ClusterConnection
{
    /// <summary>Starts the cluster in this process, or takes up a server's.</summary>
    /// <param name="target">Which one.</param>
    /// <param name="choice">The model to restore with.</param>
    /// <param name="previewEverySteps">Steps between two previews of a run, or null for what the configuration says; a server's configuration always does.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="CommandException">It cannot be reached, or not with that model.</exception>
    public static async Task<ICluster> OpenAsync(ClusterTarget target, ModelChoice choice, int? previewEverySteps, CancellationToken cancellationToken) => target.Server is { } server
        ? await RemoteCluster.OpenAsync(server, target.Key, choice, cancellationToken)
        : await LocalCluster.StartAsync(target.DataFolder, choice, previewEverySteps, cancellationToken);

    /// <summary>As <see cref="OpenAsync(ClusterTarget, ModelChoice, int?, CancellationToken)"/>, for what restores nothing new.</summary>
    public static Task<ICluster> OpenAsync(ClusterTarget target, CancellationToken cancellationToken) =>
        OpenAsync(target, new ModelChoice(), null, cancellationToken);
}
