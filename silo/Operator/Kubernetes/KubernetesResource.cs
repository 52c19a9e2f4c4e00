using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>A resource as the API server tells of it. Spec and status are read where they are used: a resource that somebody spoilt must not hide the others.</summary>
internal sealed record KubernetesResource
{
    /// <summary>Gets who the resource is.</summary>
    public ResourceMetadata Metadata { get; init; } = new();

    /// <summary>Gets what its author wants.</summary>
    public JsonElement Spec { get; init; }

    /// <summary>Gets what was said of it before.</summary>
    public JsonElement Status { get; init; }

    /// <summary>Gets the namespace and the name.</summary>
    [JsonIgnore]
    public ResourceName Name => new(Metadata.Namespace, Metadata.Name);

    /// <summary>Gets whether somebody deleted it; it goes once it has no finalizers.</summary>
    [JsonIgnore]
    public bool IsDeleted => Metadata.DeletionTimestamp is not null;
}

/// <summary>Who a resource is.</summary>
internal sealed record ResourceMetadata
{
    /// <summary>Gets its name in the namespace.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Gets its namespace; null for a kind that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets what no other resource ever has.</summary>
    public string Uid { get; init; } = string.Empty;

    /// <summary>Gets the mark of this version of it.</summary>
    public string ResourceVersion { get; init; } = string.Empty;

    /// <summary>Gets which version of the spec it is: one more at each change, and at the deletion.</summary>
    public long Generation { get; init; }

    /// <summary>Gets when it was deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Gets who wants to do something before it goes.</summary>
    public IReadOnlyList<string>? Finalizers { get; init; }
}

/// <summary>Names a resource of a kind.</summary>
/// <param name="Namespace">Its namespace; null for a kind that has none.</param>
/// <param name="Name">Its name there.</param>
internal readonly record struct ResourceName(string? Namespace, string Name)
{
    /// <summary>Writes the name for a log.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}

/// <summary>Where the resources of a kind are.</summary>
/// <param name="Plural">The kind's name in addresses.</param>
/// <param name="Kind">The kind's name in resources.</param>
internal sealed record ResourceKind(string Plural, string Kind)
{
    /// <summary>The group of the project's kinds.</summary>
    public const string Group = "darkroom.dev";

    /// <summary>The version of them that this code reads and writes.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Jobs; each is in a namespace.</summary>
    public static readonly ResourceKind Jobs = new("restorationjobs", "RestorationJob");

    /// <summary>Models; they are in no namespace.</summary>
    public static readonly ResourceKind Models = new("restorationmodels", "RestorationModel");

    /// <summary>Gets the path of all resources of the kind, whatever their namespace.</summary>
    public string Path => $"apis/{Group}/{Version}/{Plural}";

    /// <summary>Gets the path of one resource.</summary>
    public string PathOf(ResourceName name)
    {
        var folder = name.Namespace is { } space ? $"namespaces/{Uri.EscapeDataString(space)}/" : string.Empty;
        return $"apis/{Group}/{Version}/{folder}{Plural}/{Uri.EscapeDataString(name.Name)}";
    }
}

/// <summary>A page of a list.</summary>
internal sealed record ResourcePage
{
    /// <summary>Gets what is said of the list.</summary>
    public PageMetadata Metadata { get; init; } = new();

    /// <summary>Gets the resources of the page.</summary>
    public IReadOnlyList<KubernetesResource> Items { get; init; } = [];
}

/// <summary>What is said of a page of a list.</summary>
internal sealed record PageMetadata
{
    /// <summary>Gets the version that the list shows: watching goes on from there.</summary>
    public string ResourceVersion { get; init; } = string.Empty;

    /// <summary>Gets how to ask for the next page; empty after the last.</summary>
    public string? Continue { get; init; }
}

/// <summary>What happened to a resource.</summary>
internal enum WatchEventType
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is another.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>Nothing; the watch has come so far.</summary>
    Bookmark,
}

/// <summary>A line of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Resource">The resource; of a bookmark only its version.</param>
internal readonly record struct WatchEvent(WatchEventType Type, KubernetesResource Resource);
