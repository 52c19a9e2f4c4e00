namespace Darkroom.Tests.Kubernetes.Support;

/// <summary>One end of a connection: a pod of this or another namespace, or something outside the cluster.</summary>
/// <param name="Space">Its namespace, or null: outside.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record Peer(string? Space, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Gets something outside the cluster.</summary>
    public static Peer Outside { get; } = new(null, new Dictionary<string, string>());

    /// <summary>Makes a pod of the namespace.</summary>
    public static Peer Of(Resource workload) => new(workload.Space, workload.PodLabels);
}

/// <summary>What the network policies of a manifest let through, by the rules of Kubernetes.</summary>
internal sealed class Network(Manifest manifest)
{
    private const string Space = "darkroom";

    /// <summary>Tells whether one end may open a connection to the other.</summary>
    public bool Allows(Peer from, Peer to, int port, string protocol = "TCP") =>
        Allows(from, "Egress", "egress", "to", to, port, protocol) && Allows(to, "Ingress", "ingress", "from", from, port, protocol);

    // A pod that no policy of a direction selects is free in that direction; else some rule has to match.
    private bool Allows(Peer pod, string type, string rules, string side, Peer other, int port, string protocol)
    {
        if (pod.Space != Space)
            return true;
        var policies = manifest.Of("NetworkPolicy")
            .Where(policy => policy["spec/policyTypes"].Items.Any(item => item.Text == type) && Manifest.Selects(policy["spec/podSelector"], pod.Labels)).ToList();
        return policies.Count == 0 || policies.SelectMany(policy => policy[$"spec/{rules}"].Items).Any(rule =>
            (!rule["ports"].IsThere || rule["ports"].Items.Any(allowed => allowed["port"].Text == $"{port}" && allowed["protocol"].Text == protocol))
            && (!rule[side].IsThere || rule[side].Items.Any(peer => Matches(peer, other))));
    }

    private static bool Matches(Yaml peer, Peer other)
    {
        if (peer["ipBlock"].IsThere)
            throw new NotSupportedException("No policy here names addresses.");
        if (other.Space is null)
            return false;
        var space = peer["namespaceSelector"].IsThere
            ? Manifest.Selects(peer["namespaceSelector"], new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = other.Space })
            : other.Space == Space;
        return space && (!peer["podSelector"].IsThere || Manifest.Selects(peer["podSelector"], other.Labels));
    }
}
