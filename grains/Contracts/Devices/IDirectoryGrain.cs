using System.Collections.Immutable;

namespace Darkroom.Contracts.Devices;

/// <summary>Knows which devices live and what they hold. There is one; its key is <see cref="Key"/>.</summary>
/// <remarks>It keeps nothing on disk: silos report every second, and one that is silent for five seconds is forgotten.</remarks>
[Alias("Darkroom.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "devices";

    /// <summary>A silo tells what its devices are and do.</summary>
    [Alias("ReportAsync")]
    Task ReportAsync(SiloReport report, CancellationToken cancellationToken);

    /// <summary>Chooses a device for a model: the one with the least expected wait, to which loading the model counts where it is not in memory.</summary>
    [Alias("PickAsync")]
    Task<DeviceRoute> PickAsync(PickRequest request, CancellationToken cancellationToken);

    /// <summary>Lists the silos that have reported lately.</summary>
    [Alias("ListAsync")]
    Task<ImmutableArray<SiloReport>> ListAsync(CancellationToken cancellationToken);
}
