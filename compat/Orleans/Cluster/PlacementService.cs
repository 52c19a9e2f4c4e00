using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;

namespace Orleans.Runtime;

/// <summary>Chooses the silo of a new activation, seen from one silo.</summary>
internal sealed class PlacementService(SiloRuntime local) : IPlacementContext
{
    private readonly PlacementStrategy _default = local.Services.GetRequiredService<PlacementStrategy>();

    public SiloAddress LocalSilo => local.Address;

    public SiloStatus LocalSiloStatus => local.Status;

    public SiloAddress[] GetCompatibleSilos(PlacementTarget target)
    {
        SiloAddress[] silos = [.. local.Cluster.ActiveSilos.Select(s => s.Address)];
        return silos.Length > 0 ? silos : throw new OrleansException($"No active silo can host grain {target.GrainIdentity}.");
    }

    public async Task<SiloRuntime> ChooseAsync(
        GrainClass grainClass, GrainId grainId, GrainInterfaceType interfaceType, Dictionary<string, object>? requestContext)
    {
        var strategy = grainClass.Placement ?? _default;
        var director = local.Services.GetKeyedService<IPlacementDirector>(strategy.GetType())
            ?? throw new InvalidOperationException(
                $"There is no placement director for {strategy.GetType()} of grain class {grainClass.Type}. Add one with AddPlacementDirector.");
        var target = new PlacementTarget(grainId, requestContext!, interfaceType, 0);
        var address = await director.OnAddActivation(strategy, target, this);
        return local.Cluster.FindSilo(address) is { Status: SiloStatus.Active } silo
            ? silo
            : throw new SiloUnavailableException($"{director.GetType().Name} placed grain {grainId} on silo {address}, which is not active.");
    }
}
