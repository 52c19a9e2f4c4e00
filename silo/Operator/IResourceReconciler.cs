using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator;

/// <summary>Makes the cluster what a resource says, and the resource's status what the cluster is. Doing it twice is the same as doing it once.</summary>
internal interface IResourceReconciler
{
    /// <summary>Gets the kind of resources.</summary>
    ResourceKind Kind { get; }

    /// <summary>Tells by the look of a resource whether there is nothing left to do.</summary>
    bool IsSettled(KubernetesResource resource);

    /// <summary>Brings a resource further.</summary>
    /// <returns>After which time to look again, or null when it is enough to be told of changes.</returns>
    /// <exception cref="KubernetesException">The API server failed; try again.</exception>
    Task<TimeSpan?> ReconcileAsync(KubernetesResource resource, CancellationToken cancellationToken);

    /// <summary>Clears away what a resource left that is gone, also when somebody took its finalizers away.</summary>
    Task ForgetAsync(ResourceName name, string uid, CancellationToken cancellationToken);
}
