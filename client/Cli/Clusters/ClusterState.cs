using System.Collections.Immutable;
using Darkroom.Contracts.Devices;

namespace Darkroom.Cli.Clusters;

/// <summary>What a cluster has and does.</summary>
/// <param name="Silos">The silos that have reported lately.</param>
/// <param name="UnfinishedRuns">Runs and jobs that the supervisor sees to.</param>
internal sealed record ClusterState(IReadOnlyList<SiloState> Silos, int UnfinishedRuns);

/// <summary>A silo.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Models">Checkpoints that it can load.</param>
/// <param name="DefaultModel">The checkpoint for requests that name none.</param>
/// <param name="IsStopping">Whether it takes no new work.</param>
internal sealed record SiloState(string Silo, ImmutableArray<DeviceReport> Devices, ImmutableArray<string> Models, string DefaultModel, bool IsStopping);
