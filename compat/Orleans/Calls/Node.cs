using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>A silo or a client: one that sends calls.</summary>
internal sealed class Node
{
    [ThreadStatic]
    private static Node? t_ambient;

    public Node(IServiceProvider services, ClusterRuntime cluster, TimeSpan responseTimeout)
    {
        Services = services;
        Cluster = cluster;
        ResponseTimeout = responseTimeout;
        OutgoingFilters = [.. services.GetServices<IOutgoingGrainCallFilter>()];
        Tracing = services.GetService<CallTracing>();
    }

    /// <summary>Gets or sets the node for which this thread is reading bytes.</summary>
    public static Node? Ambient
    {
        get => t_ambient;
        set => t_ambient = value;
    }

    public IServiceProvider Services { get; }

    public ClusterRuntime Cluster { get; }

    /// <summary>Gets the silo that this node is, null for a client.</summary>
    public SiloRuntime? Silo { get; init; }

    public TimeSpan ResponseTimeout { get; }

    public IOutgoingGrainCallFilter[] OutgoingFilters { get; }

    public CallTracing? Tracing { get; }

    /// <summary>Gets or sets why calls can no longer be sent.</summary>
    public string? Stopped
    {
        get => Silo is { Status: SiloStatus.Dead } silo ? $"Silo {silo.Name} ({silo.Address}) has stopped." : field;
        set;
    }
}
