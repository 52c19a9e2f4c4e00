namespace Orleans.Serialization;

internal sealed class DictionaryCodec<TKey, TValue> : PayloadCodec<Dictionary<TKey, TValue>>
    where TKey : notnull
{
    private readonly ValueCodec<TKey> _key = ValueCodec.Of<TKey>();
    private readonly ValueCodec<TValue> _value = ValueCodec.Of<TValue>();

    public override bool IsShallow => false;

    public override Dictionary<TKey, TValue> Copy(Dictionary<TKey, TValue> value, CopyContext context)
    {
        var copy = new Dictionary<TKey, TValue>(value.Count, value.Comparer);
        context.Add(value, copy);
        foreach (var pair in value)
            copy.Add(_key.Copy(pair.Key, context)!, _value.Copy(pair.Value, context)!);
        return copy;
    }

    public override void Write(ByteWriter writer, Dictionary<TKey, TValue> value)
    {
        Comparers.Write(writer, value.Comparer);
        writer.WriteUInt32((uint)value.Count);
        foreach (var pair in value)
        {
            _key.Write(writer, pair.Key);
            _value.Write(writer, pair.Value);
        }
    }

    public override Dictionary<TKey, TValue> Read(ByteReader reader, uint? id)
    {
        var value = new Dictionary<TKey, TValue>(Comparers.Read<TKey>(reader));
        if (id is not null)
            reader.Add(id.Value, value);
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            var key = _key.Read(reader);
            if (key is null || !value.TryAdd(key, _value.Read(reader)!))
                throw new SerializerException($"The bytes hold a dictionary with a missing or repeated key before position {reader.Position}.");
        }

        return value;
    }
}

internal sealed class HashSetCodec<T> : PayloadCodec<HashSet<T>>
{
    private readonly ValueCodec<T> _element = ValueCodec.Of<T>();

    public override bool IsShallow => false;

    public override HashSet<T> Copy(HashSet<T> value, CopyContext context)
    {
        var copy = new HashSet<T>(value.Count, value.Comparer);
        context.Add(value, copy);
        foreach (var element in value)
            copy.Add(_element.Copy(element, context)!);
        return copy;
    }

    public override void Write(ByteWriter writer, HashSet<T> value)
    {
        Comparers.Write(writer, value.Comparer);
        writer.WriteUInt32((uint)value.Count);
        foreach (var element in value)
            _element.Write(writer, element);
    }

    public override HashSet<T> Read(ByteReader reader, uint? id)
    {
        var value = new HashSet<T>(Comparers.Read<T>(reader));
        if (id is not null)
            reader.Add(id.Value, value);
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
            value.Add(_element.Read(reader)!);
        return value;
    }
}

/// <summary>The comparers that a stored dictionary or set may have.</summary>
internal static class Comparers
{
    private const byte Default = 0;
    private const byte Ordinal = 1;
    private const byte OrdinalIgnoreCase = 2;

    public static void Write<T>(ByteWriter writer, IEqualityComparer<T> comparer)
    {
        if (Equals(comparer, EqualityComparer<T>.Default))
            writer.WriteByte(Default);
        else if (Equals(comparer, StringComparer.Ordinal))
            writer.WriteByte(Ordinal);
        else if (Equals(comparer, StringComparer.OrdinalIgnoreCase))
            writer.WriteByte(OrdinalIgnoreCase);
        else
            throw CodecFactory.NotFound(comparer.GetType());
    }

    public static IEqualityComparer<T>? Read<T>(ByteReader reader) => reader.ReadByte() switch
    {
        Default => null,
        Ordinal when typeof(T) == typeof(string) => (IEqualityComparer<T>)(object)StringComparer.Ordinal,
        OrdinalIgnoreCase when typeof(T) == typeof(string) => (IEqualityComparer<T>)(object)StringComparer.OrdinalIgnoreCase,
        var tag => throw new SerializerException($"{tag} is no mark of a comparer of {typeof(T)} (position {reader.Position})."),
    };
}
