using Darkroom.Cli.CommandLine;
using Darkroom.Grains.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation.Metrics;

/// <summary>Finds the networks of metrics among the imported checkpoints, in whichever they are.</summary>
/// <param name="checkpoints">The imported checkpoints.</param>
/// <param name="device">Where networks go.</param>
internal sealed class MetricBackbones(OfflineCheckpoints checkpoints, Device device)
{
    /// <summary>Gets where networks go.</summary>
    public Device Device => device;

    /// <summary>Loads a network.</summary>
    /// <param name="kind">Name of its kind in the catalogue.</param>
    /// <param name="metric">Who needs it, for the message.</param>
    /// <param name="whatToImport">Where it is published, for the message.</param>
    /// <param name="isFit">Tells whether a network of the kind is the one that is needed.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The network; the caller disposes it.</returns>
    /// <exception cref="InputException">It was not imported.</exception>
    public async Task<T> LoadAsync<T>(string kind, string metric, string whatToImport, Func<CheckpointComponent, bool> isFit, CancellationToken cancellationToken)
        where T : nn.Module
    {
        await foreach (var listed in checkpoints.Store.ListAsync(cancellationToken))
        {
            if (listed.Manifest?.Components.FirstOrDefault(component => component.Kind == kind && isFit(component)) is { } found)
                return (T)await checkpoints.Reader.LoadAsync(listed.Manifest, found.Name, device, cancellationToken: cancellationToken);
        }

        throw new InputException(
            $"The metric '{metric}' needs a network that was not imported ({kind}): download {whatToImport}, then './cluster checkpoint import FILE --as NAME', or leave '{metric}' out of --metrics.");
    }
}
