using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>The members of one type and of its bases, base first; each level has ids of its own.</summary>
internal sealed class TypePlan<T>
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Dictionary<uint, MemberPlan<T>>[] _byKey;

    public TypePlan()
    {
        var levels = new List<MemberPlan<T>[]>();
        for (var type = typeof(T); type is not null && type != typeof(object) && type != typeof(ValueType) && type != typeof(Exception); type = type.BaseType)
        {
            if (typeof(Exception).IsAssignableFrom(type) && !type.IsDefined(typeof(GenerateSerializerAttribute), false))
                continue;
            levels.Insert(0, [.. MembersOf(type)]);
        }

        Levels = [.. levels];
        _byKey = [.. levels.Select(l => l.ToDictionary(m => m.Key))];
    }

    public MemberPlan<T>[][] Levels { get; }

    public void CopyMembers(ref T from, ref T to, CopyContext context)
    {
        foreach (var level in Levels)
        {
            foreach (var member in level)
                member.Copy(ref from, ref to, context);
        }
    }

    public void WriteMembers(ByteWriter writer, ref T value)
    {
        foreach (var level in Levels)
        {
            foreach (var member in level)
            {
                writer.WriteUInt32(member.Key);
                var start = writer.BeginBlock();
                member.Write(writer, ref value);
                writer.EndBlock(start);
            }

            writer.WriteUInt32(0);
        }
    }

    /// <summary>Reads the members that this version of the type has; skips the others.</summary>
    public void ReadMembers(ByteReader reader, ref T value)
    {
        foreach (var level in _byKey)
        {
            for (var key = reader.ReadUInt32(); key != 0; key = reader.ReadUInt32())
            {
                var end = reader.ReadBlock();
                if (!level.TryGetValue(key, out var member))
                {
                    reader.Skip(end);
                    continue;
                }

                member.Read(reader, ref value);
                if (reader.Position != end)
                    throw new SerializerException($"Member {key / 2} of {typeof(T)} ends at position {reader.Position} instead of {end}: its type has changed.");
            }
        }
    }

    private static IEnumerable<MemberPlan<T>> MembersOf(Type type)
    {
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), false))
        {
            if (type.Assembly == typeof(object).Assembly || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Concurrency.Immutable<>)))
                return type.GetFields(Declared).Select((f, i) => Plan((uint)i, f, f.FieldType, isConstructor: false));
            throw CodecFactory.NotFound(type);
        }

        var attribute = type.GetCustomAttribute<GenerateSerializerAttribute>(false)!;
        var members = new List<MemberPlan<T>>();
        foreach (var field in type.GetFields(Declared))
        {
            if (field.GetCustomAttribute<IdAttribute>() is { } id)
                members.Add(Plan(id.Id, field, field.FieldType, isConstructor: false));
        }

        var positional = attribute.IncludePrimaryConstructorParameters ? PrimaryConstructor(type) : [];
        foreach (var property in type.GetProperties(Declared))
        {
            var position = Array.FindIndex(positional, p => p.Name == property.Name && p.ParameterType == property.PropertyType);
            if (property.GetCustomAttribute<IdAttribute>() is { } id)
                members.Add(Plan(id.Id, StorageOf(property), property.PropertyType, isConstructor: false));
            else if (position >= 0)
                members.Add(Plan((uint)position, StorageOf(property), property.PropertyType, isConstructor: true));
            else if (attribute.GenerateFieldIds == GenerateFieldIds.PublicProperties && property is { CanRead: true, CanWrite: true, GetMethod.IsPublic: true })
                members.Add(Plan(Runtime.StableHash.Compute(property.Name) >> 1, StorageOf(property), property.PropertyType, isConstructor: false));
        }

        if (members.GroupBy(m => m.Key).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new SerializerException($"Two members of {type} have the id {twice.Key / 2}.");
        return members.OrderBy(m => m.Key);
    }

    // The parameters of a positional record: the only records with a Deconstruct method of the compiler's.
    private static ParameterInfo[] PrimaryConstructor(Type type)
    {
        var deconstruct = type.GetMethods(Declared)
            .FirstOrDefault(m => m.Name == "Deconstruct" && m.IsDefined(typeof(CompilerGeneratedAttribute)));
        if (deconstruct is null)
            return [];
        var types = deconstruct.GetParameters().Select(p => p.ParameterType.GetElementType()!).ToArray();
        return type.GetConstructor(Declared, types)?.GetParameters() ?? [];
    }

    private static MemberInfo StorageOf(PropertyInfo property)
    {
        var backing = property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", Declared);
        if (backing is not null)
            return backing;
        if (property.GetMethod is not null && property.SetMethod is not null)
            return property;
        throw new SerializerException($"{property.DeclaringType}.{property.Name} has an [Id] but no setter.");
    }

    // Ids of [Id] and positions of record parameters do not clash: they are the even and the odd keys. Key 0 ends a level.
    private static MemberPlan<T> Plan(uint id, MemberInfo member, Type type, bool isConstructor)
    {
        var key = checked((id * 2) + (isConstructor ? 3u : 2u));
        var isImmutable = member.IsDefined(typeof(ImmutableAttribute)) || PropertyOf(member)?.IsDefined(typeof(ImmutableAttribute)) == true;
        return (MemberPlan<T>)Activator.CreateInstance(typeof(MemberPlan<,>).MakeGenericType(typeof(T), type), key, member, isImmutable)!;
    }

    private static PropertyInfo? PropertyOf(MemberInfo member) =>
        member.Name.StartsWith('<') ? member.DeclaringType!.GetProperty(member.Name[1..member.Name.IndexOf('>')], Declared) : null;
}
