using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Darkroom.Grains.Devices;

/// <summary>Places a grain on the silo that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ModelPlacementAttribute() : PlacementAttribute(new ModelPlacement());

/// <summary>The strategy behind <see cref="ModelPlacementAttribute"/>.</summary>
[GenerateSerializer, Immutable, Alias("Darkroom.ModelPlacement")]
internal sealed class ModelPlacement : PlacementStrategy;

/// <summary>Reads the silo from a model grain's key (<see cref="ModelGrainKey"/>).</summary>
internal sealed class ModelPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    /// <exception cref="DeviceUnavailableException">The silo is not there.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = ModelGrainKey.Parse(target.GrainIdentity.Key.ToString()!);
        var silo = context.GetCompatibleSilos(target).FirstOrDefault(candidate => candidate.ToParsableString() == key.Silo);
        return silo is null
            ? throw new DeviceUnavailableException($"The silo {key.Silo} is not in the cluster; ask the directory for another device.")
            : Task.FromResult(silo);
    }
}
