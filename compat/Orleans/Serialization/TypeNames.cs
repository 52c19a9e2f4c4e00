using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Types in the bytes: an alias where the type has one, else its name and the simple name of its assembly.</summary>
internal static class TypeNames
{
    private const byte Plain = 0;
    private const byte Generic = 1;
    private const byte Array = 2;
    private const int MostArguments = 16;

    public static void Write(ByteWriter writer, Type type)
    {
        if (type.IsSZArray)
        {
            writer.WriteByte(Array);
            Write(writer, type.GetElementType()!);
        }
        else if (type.IsConstructedGenericType)
        {
            writer.WriteByte(Generic);
            writer.WriteString(NameOf(type.GetGenericTypeDefinition()));
            var arguments = type.GetGenericArguments();
            writer.WriteUInt32((uint)arguments.Length);
            foreach (var argument in arguments)
                Write(writer, argument);
        }
        else
        {
            writer.WriteByte(Plain);
            writer.WriteString(NameOf(type));
        }
    }

    public static Type Read(ByteReader reader)
    {
        ByteReader.Enter();
        return reader.ReadByte() switch
        {
            Plain => Find(reader.ReadString()),
            Array => Read(reader).MakeArrayType(),
            Generic => ReadGeneric(reader),
            var tag => throw new SerializerException($"{tag} is no mark of a type (position {reader.Position})."),
        };
    }

    private static Type ReadGeneric(ByteReader reader)
    {
        var definition = Find(reader.ReadString());
        var count = reader.ReadCount();
        if (count > MostArguments || !definition.IsGenericTypeDefinition || definition.GetGenericArguments().Length != count)
            throw new SerializerException($"{definition} does not take {count} type arguments.");
        var arguments = new Type[count];
        for (var i = 0; i < count; i++)
            arguments[i] = Read(reader);
        try
        {
            return definition.MakeGenericType(arguments);
        }
        catch (Exception exception) when (exception is ArgumentException or TypeLoadException)
        {
            throw new SerializerException($"{definition} cannot be made of the type arguments in the bytes.", exception);
        }
    }

    private static string NameOf(Type type) =>
        type.GetCustomAttribute<AliasAttribute>(false)?.Alias ?? $"{type.FullName},{type.Assembly.GetName().Name}";

    private static Type Find(string name)
    {
        var comma = name.LastIndexOf(',');
        var type = comma < 0
            ? ApplicationParts.TypeOfAlias(name)
            : ApplicationParts.LoadedAssembly(name[(comma + 1)..])?.GetType(name[..comma], throwOnError: false);
        return type ?? throw new SerializerException($"The bytes name the type '{name}', which is unknown here.");
    }
}
