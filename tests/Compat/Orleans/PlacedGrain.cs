using Orleans;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Darkroom.Tests.Compat.Orleans;

/// <summary>Places a grain on the silo that its key names before the slash.</summary>
[GenerateSerializer]
public sealed class SiloInKeyPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
public sealed class SiloInKeyPlacementAttribute() : PlacementAttribute(new SiloInKeyPlacement());

public sealed class SiloInKeyDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var wanted = SiloAddress.FromParsableString(key[..key.IndexOf('/')]);
        return context.GetCompatibleSilos(target).Contains(wanted)
            ? Task.FromResult(wanted)
            : throw new OrleansException($"Silo {wanted} is not there.");
    }
}

public interface IPinnedGrain : IGrainWithStringKey
{
    Task<string> Where();
}

[SiloInKeyPlacement]
public sealed class PinnedGrain(ILocalSiloDetails silo) : Grain, IPinnedGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());
}

public interface ILocalGrain : IGrainWithStringKey
{
    Task<string> Where();
}

[PreferLocalPlacement]
public sealed class LocalGrain(ILocalSiloDetails silo) : Grain, ILocalGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());
}

public interface IPlacingGrain : IGrainWithStringKey
{
    Task<string> Where();

    Task<string> WhereIsLocal(string key);
}

[RandomPlacement]
public sealed class PlacingGrain(ILocalSiloDetails silo) : Grain, IPlacingGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<string> WhereIsLocal(string key) => GrainFactory.GetGrain<ILocalGrain>(key).Where();
}
