using System.Collections.Immutable;
using Darkroom.Contracts.Devices;

namespace Darkroom.Grains.Devices;

/// <summary>The one directory of devices; what it knows lives in memory and comes back within a heartbeat.</summary>
[GrainType("directory")]
internal sealed class DirectoryGrain(TimeProvider time) : Grain, IDirectoryGrain
{
    private readonly DeviceDirectory directory = new(time);

    /// <inheritdoc/>
    public Task ReportAsync(SiloReport report, CancellationToken cancellationToken)
    {
        directory.Add(report);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DeviceRoute> PickAsync(PickRequest request, CancellationToken cancellationToken) => Task.FromResult(directory.Pick(request));

    /// <inheritdoc/>
    public Task<ImmutableArray<SiloReport>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(directory.Reports());
}
