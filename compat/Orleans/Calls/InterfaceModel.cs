using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A grain interface: its name, its methods and the proxy type that calls them.</summary>
internal sealed class InterfaceModel
{
    private static readonly ConcurrentDictionary<Type, InterfaceModel> s_models = new();

    private readonly Lazy<Func<GrainId, InterfaceModel, Node, GrainReference>> _create;

    private InterfaceModel(Type type)
    {
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
            throw new ArgumentException($"{type} is not a grain interface. A grain interface derives from IGrain or IGrainObserver.", nameof(type));
        if (type.ContainsGenericParameters)
            throw new ArgumentException($"{type} is an open generic type.", nameof(type));
        Type = type;
        Name = NameOf(type);
        Methods = [.. MethodsOf(type).Select(m => new MethodModel(this, m))];
        _create = new(() => ProxyFactory.Create(this));
    }

    public Type Type { get; }

    public GrainInterfaceType Name { get; }

    public MethodModel[] Methods { get; }

    public static InterfaceModel Of(Type type) => s_models.GetOrAdd(type, static t => new InterfaceModel(t));

    public static GrainInterfaceType NameOf(Type type)
    {
        var alias = type.GetCustomAttribute<AliasAttribute>()?.Alias;
        return GrainInterfaceType.Create(alias ?? type.ToString());
    }

    public GrainReference CreateReference(GrainId id, Node origin) => _create.Value(id, this, origin);

    private static IEnumerable<MethodInfo> MethodsOf(Type type) =>
        type.GetInterfaces()
            .Prepend(type)
            .SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(m => m.IsAbstract || (m.IsVirtual && !m.IsFinal && !m.IsPrivate));
}
