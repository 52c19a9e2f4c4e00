using Orleans.Runtime.Placement;

namespace Orleans.Runtime;

internal abstract class PlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? Choose(target, silos, context));
    }

    protected abstract SiloAddress Choose(PlacementTarget target, SiloAddress[] silos, IPlacementContext context);
}

internal sealed class RandomPlacementDirector : PlacementDirector
{
    protected override SiloAddress Choose(PlacementTarget target, SiloAddress[] silos, IPlacementContext context) =>
        silos[Random.Shared.Next(silos.Length)];
}

internal sealed class PreferLocalPlacementDirector : PlacementDirector
{
    protected override SiloAddress Choose(PlacementTarget target, SiloAddress[] silos, IPlacementContext context) =>
        context.LocalSiloStatus == SiloStatus.Active && silos.Contains(context.LocalSilo)
            ? context.LocalSilo
            : silos[Random.Shared.Next(silos.Length)];
}

internal sealed class HashBasedPlacementDirector : PlacementDirector
{
    protected override SiloAddress Choose(PlacementTarget target, SiloAddress[] silos, IPlacementContext context)
    {
        var sorted = silos.Order().ToArray();
        return sorted[target.GrainIdentity.GetUniformHashCode() % (uint)sorted.Length];
    }
}

/// <summary>The silo with the fewest activations; among equals the caller's.</summary>
internal sealed class LeastLoadedPlacementDirector(SiloRuntime local) : PlacementDirector
{
    protected override SiloAddress Choose(PlacementTarget target, SiloAddress[] silos, IPlacementContext context) =>
        silos.OrderBy(s => local.Cluster.FindSilo(s)?.ActivationCount ?? int.MaxValue)
            .ThenBy(s => s.Equals(context.LocalSilo) ? 0 : 1)
            .First();
}
