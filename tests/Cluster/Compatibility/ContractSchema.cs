using System.Globalization;
using System.Reflection;
using Darkroom.Contracts.Images;
using Darkroom.Grains.Storage;
using Orleans.Runtime;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>What silos, clients and stored states of different releases must agree on.</summary>
/// <param name="entries">By type, enum, interface, grain or state: what each id, value or call is.</param>
internal sealed class ContractSchema(SortedDictionary<string, SortedDictionary<string, string>> entries)
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public SortedDictionary<string, SortedDictionary<string, string>> Entries { get; } = entries;

    /// <summary>Gets every type with a serializer of its own; without what Orleans generates for the grains' methods, and what it only asks for where grains are placed.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. Everything().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), false) && !type.IsAssignableTo(typeof(PlacementStrategy)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Reads what the code has today.</summary>
    public static ContractSchema OfToday()
    {
        var entries = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var type in Types)
            entries.Add($"type {AliasOf(type)}", MembersOf(type));
        var kept = Types.SelectMany(type => Members(type)).Select(property => property.PropertyType).ToHashSet();
        foreach (var type in Everything().Where(type => type.IsEnum && (type.Assembly == typeof(ImageRef).Assembly || kept.Contains(type))))
            entries.Add($"enum {type.FullName}", Sorted(Enum.GetNames(type).Select(name => (name, Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)))));
        foreach (var type in Everything().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))))
            entries.Add($"calls {AliasOf(type)}", Sorted(type.GetMethods().Select(method => (AliasOf(method), TextOf(method)))));
        foreach (var type in Everything().Where(type => type.IsDefined(typeof(GrainTypeAttribute), false)))
        {
            var name = (string)type.GetCustomAttributesData().Single(data => data.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value!;
            var states = type.GetConstructors(Declared).SelectMany(constructor => constructor.GetParameters())
                .Select(parameter => (State: parameter.GetCustomAttribute<PersistentStateAttribute>()?.StateName, Type: parameter.ParameterType)).Where(parameter => parameter.State is not null);
            entries.Add($"grain {name}", Sorted(
            [
                .. type.GetInterfaces().Where(one => one.IsDefined(typeof(AliasAttribute), false)).Select(one => ("calls", AliasOf(one))),
                .. states.Select(state => ($"state {state.State}", TextOf(state.Type.GetGenericArguments()[0]))),
            ]));
        }

        return new ContractSchema(entries);
    }

    /// <summary>Gets the name that a type has in bytes.</summary>
    public static string AliasOf(MemberInfo type) => type.GetCustomAttribute<AliasAttribute>(false)?.Alias
        ?? throw new InvalidOperationException($"{type.DeclaringType?.Name ?? "The type"} {type.Name} has no [Alias]: its name in messages and states would change when it is renamed or moved.");

    /// <summary>Lists what another schema has and this one lacks, or has otherwise.</summary>
    public IEnumerable<string> Lacks(ContractSchema other)
    {
        foreach (var (entry, members) in other.Entries)
        {
            if (!Entries.TryGetValue(entry, out var mine))
            {
                yield return $"{entry} is missing";
                continue;
            }

            foreach (var (key, text) in members)
            {
                if (!mine.TryGetValue(key, out var now))
                    yield return $"{entry}: {key} ({text}) is missing";
                else if (now != text)
                    yield return $"{entry}: {key} was '{text}' and is '{now}'";
            }
        }
    }

    /// <summary>Gets the members of a type that are serialized, those of its bases first.</summary>
    public static IEnumerable<PropertyInfo> Members(Type type) =>
        (type.BaseType is { } parent ? Members(parent) : []).Concat(type.GetProperties(Declared).Where(property => property.IsDefined(typeof(IdAttribute))));

    private static SortedDictionary<string, string> MembersOf(Type type)
    {
        var members = Sorted(type.GetProperties(Declared)
            .Where(property => property.IsDefined(typeof(IdAttribute)))
            .Select(property => ($"{property.GetCustomAttribute<IdAttribute>()!.Id:D2}", $"{property.Name}: {TextOf(property.PropertyType)}")));
        if (type.BaseType!.IsDefined(typeof(GenerateSerializerAttribute), false))
            members.Add("base", TextOf(type.BaseType));
        return members;
    }

    private static IEnumerable<Type> Everything() => new[] { typeof(ImageRef), typeof(BlobGrainStorage) }
        .SelectMany(type => type.Assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith("Darkroom.", StringComparison.Ordinal) == true);

    private static string TextOf(MethodInfo method) =>
        $"{TextOf(method.ReturnType)} ({string.Join(", ", method.GetParameters().Select(parameter => TextOf(parameter.ParameterType)))})";

    private static string TextOf(Type type)
    {
        if (type.IsDefined(typeof(AliasAttribute), false))
            return AliasOf(type);
        if (type.IsArray)
            return $"{TextOf(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{TextOf(value)}?";
        if (type.IsGenericType)
            return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(TextOf))}>";
        return type.Assembly == typeof(object).Assembly ? type.Name : type.FullName!;
    }

    private static SortedDictionary<string, string> Sorted(IEnumerable<(string Key, string Text)> pairs) =>
        new(pairs.ToDictionary(pair => pair.Key, pair => pair.Text), StringComparer.Ordinal);
}
