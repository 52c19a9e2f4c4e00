using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>A grain class and what its attributes say.</summary>
internal sealed class GrainClass
{
    private static readonly HashSet<Type> s_markers =
    [
        typeof(IAddressable), typeof(IGrain), typeof(IGrainObserver), typeof(IGrainWithStringKey), typeof(IGrainWithGuidKey),
        typeof(IGrainWithIntegerKey), typeof(IGrainWithGuidCompoundKey), typeof(IGrainWithIntegerCompoundKey),
    ];

    private readonly GrainActivator _activator;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = TypeOf(type);
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), true);
        Placement = type.GetCustomAttribute<PlacementAttribute>(true)?.PlacementStrategy;
        var properties = PropertiesOf();
        Placement?.Initialize(new GrainProperties(properties));
        CollectionAge = properties.GetValueOrDefault(WellKnownGrainTypeProperties.IdleDeactivationPeriod) switch
        {
            null => null,
            WellKnownGrainTypeProperties.IndefiniteIdleDeactivationPeriodValue => Timeout.InfiniteTimeSpan,
            var text => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
        };
        if (properties.GetValueOrDefault(WellKnownGrainTypeProperties.MayInterleavePredicate) is { } method)
            MayInterleave = Predicate(type, method);
        _activator = new GrainActivator(type);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public Type[] Interfaces { get; }

    public bool IsReentrant { get; }

    public Func<object, IInvokable, bool>? MayInterleave { get; }

    /// <summary>Gets the strategy of the class's attribute, null where the silo's default applies.</summary>
    public PlacementStrategy? Placement { get; }

    /// <summary>Gets how long it may be idle, null where the silo's default applies.</summary>
    public TimeSpan? CollectionAge { get; }

    public GrainInterfaceType DefaultInterface =>
        Interfaces.Length == 0 ? default : InterfaceModel.NameOf(Interfaces[0]);

    public static bool IsGrainInterface(Type type) =>
        typeof(IAddressable).IsAssignableFrom(type)
        && !s_markers.Contains(type)
        && !type.ContainsGenericParameters;

    public object CreateInstance(ActivationData activation) => _activator.Create(activation);

    // The class name in lower case without "Grain", as Orleans makes it: it stands in the ids of stored states.
    private static GrainType TypeOf(Type type)
    {
        if (type.GetCustomAttributes(false).OfType<IGrainTypeProviderAttribute>().FirstOrDefault() is { } attribute)
            return attribute.GetGrainType(null!, type);
        var name = type.Name.ToLowerInvariant();
        var tick = name.IndexOf('`');
        if (tick >= 0)
            name = name[..tick];
        const string Suffix = "grain";
        if (name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Suffix.Length)
            name = name[..^Suffix.Length];
        return GrainType.Create(name);
    }

    private static Func<object, IInvokable, bool> Predicate(Type type, string name)
    {
        var method = type.GetMethod(name, BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(IInvokable)])
            ?? throw new OrleansConfigurationException($"{type} has no method bool {name}(IInvokable), which its [MayInterleave] names.");
        return (grain, request) => (bool)method.Invoke(method.IsStatic ? null : grain, [request])!;
    }

    private ImmutableDictionary<string, string> PropertiesOf()
    {
        var properties = new Dictionary<string, string>
        {
            [WellKnownGrainTypeProperties.TypeName] = Type.Name,
            [WellKnownGrainTypeProperties.FullTypeName] = Type.FullName!,
        };
        foreach (var attribute in Type.GetCustomAttributes(true).OfType<IGrainPropertiesProviderAttribute>())
            attribute.Populate(null!, Type, GrainType, properties);
        return properties.ToImmutableDictionary();
    }
}
