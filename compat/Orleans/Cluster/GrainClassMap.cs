using System.Collections.Concurrent;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>The grain classes of the application, by grain type and by interface.</summary>
internal static class GrainClassMap
{
    private static readonly Lazy<GrainClass[]> s_classes = new(() => [.. Find()]);
    private static readonly Lazy<Dictionary<GrainType, GrainClass>> s_byType = new(Index);
    private static readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainType> s_byInterface = new();

    public static GrainClass Of(GrainType type) =>
        s_byType.Value.TryGetValue(type, out var found)
            ? found
            : throw new ArgumentException($"There is no grain class of type '{type}' in this process. Is its assembly beside the host's?");

    /// <summary>The type of the class that implements an interface; where several do, the one named as the interface is.</summary>
    public static GrainType Implementing(Type interfaceType, string? prefix) =>
        s_byInterface.GetOrAdd((interfaceType, string.IsNullOrEmpty(prefix) ? null : prefix), static key => Resolve(key.Interface, key.Prefix));

    private static GrainType Resolve(Type interfaceType, string? prefix)
    {
        var candidates = s_classes.Value.Where(c => c.Interfaces.Contains(interfaceType)).ToArray();
        if (prefix is not null)
            candidates = [.. candidates.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal) || c.GrainType.ToString().StartsWith(prefix, StringComparison.OrdinalIgnoreCase))];
        if (candidates.Length == 1)
            return candidates[0].GrainType;
        if (candidates.Length == 0)
            throw new ArgumentException($"Could not find an implementation for interface {interfaceType}{(prefix is null ? "" : $" whose name begins with '{prefix}'")}.");
        var byName = candidates.Where(c => c.Type.Name == interfaceType.Name[1..]).ToArray();
        return byName.Length == 1
            ? byName[0].GrainType
            : throw new ArgumentException(
                $"Found several implementations of interface {interfaceType}: {string.Join(", ", candidates.Select(c => c.Type.FullName))}. Pass a class name prefix.");
    }

    private static IEnumerable<GrainClass> Find() =>
        ApplicationParts.Types
            .Where(t => t is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrainBase).IsAssignableFrom(t))
            .Select(t => new GrainClass(t));

    private static Dictionary<GrainType, GrainClass> Index()
    {
        var classes = new Dictionary<GrainType, GrainClass>();
        foreach (var found in s_classes.Value)
        {
            if (!classes.TryAdd(found.GrainType, found))
            {
                throw new OrleansConfigurationException(
                    $"{found.Type} and {classes[found.GrainType].Type} are both of grain type '{found.GrainType}'. Give one a [GrainType].");
            }
        }

        return classes;
    }
}
