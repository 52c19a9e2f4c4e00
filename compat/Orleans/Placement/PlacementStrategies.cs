using Orleans.Metadata;

namespace Orleans.Runtime;

/// <summary>Says how the silo of a new activation is chosen; a director of the same strategy does the choosing.</summary>
public abstract class PlacementStrategy
{
    public virtual bool IsUsingGrainDirectory => true;

    public virtual void Initialize(GrainProperties properties)
    {
    }

    public virtual void PopulateGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
        properties[WellKnownGrainTypeProperties.PlacementStrategy] = GetType().Name;
}

/// <summary>Any silo, drawn by lot.</summary>
public sealed class RandomPlacement : PlacementStrategy;

/// <summary>The caller's silo if it can host the grain, else any.</summary>
public sealed class PreferLocalPlacement : PlacementStrategy;

/// <summary>The silo at the grain id's hash modulo the number of silos.</summary>
public sealed class HashBasedPlacement : PlacementStrategy;

/// <summary>The silo with the fewest activations.</summary>
public sealed class ActivationCountBasedPlacement : PlacementStrategy;

/// <summary>The least loaded silo, the caller's among equals. The default.</summary>
public sealed class ResourceOptimizedPlacement : PlacementStrategy;

internal sealed class StatelessWorkerPlacement : PlacementStrategy
{
    public StatelessWorkerPlacement(int maxLocal) => MaxLocal = maxLocal > 0 ? maxLocal : Environment.ProcessorCount;

    public int MaxLocal { get; }

    public override bool IsUsingGrainDirectory => false;
}
