using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Orleans.Serialization;

internal sealed class ByteArrayCodec : PayloadCodec<byte[]>
{
    public override bool IsShallow => false;

    public override byte[] Copy(byte[] value, CopyContext context)
    {
        var copy = value.AsSpan().ToArray();
        context.Add(value, copy);
        return copy;
    }

    public override void Write(ByteWriter writer, byte[] value)
    {
        writer.WriteUInt32((uint)value.Length);
        writer.WriteBytes(value);
    }

    public override byte[] Read(ByteReader reader, uint? id)
    {
        var value = reader.ReadBytes(reader.ReadCount()).ToArray();
        if (id is not null)
            reader.Add(id.Value, value);
        return value;
    }
}

internal sealed class ArrayCodec<T> : PayloadCodec<T[]>
{
    private readonly ValueCodec<T> _element = ValueCodec.Of<T>();

    public override bool IsShallow => false;

    public override T[] Copy(T[] value, CopyContext context)
    {
        if (_element.IsShallow)
        {
            var clone = value.AsSpan().ToArray();
            context.Add(value, clone);
            return clone;
        }

        var copy = new T[value.Length];
        context.Add(value, copy);
        for (var i = 0; i < copy.Length; i++)
            copy[i] = _element.Copy(value[i], context)!;
        return copy;
    }

    public override void Write(ByteWriter writer, T[] value)
    {
        writer.WriteUInt32((uint)value.Length);
        foreach (var element in value)
            _element.Write(writer, element);
    }

    public override T[] Read(ByteReader reader, uint? id)
    {
        // Grown as the elements come: a few hostile bytes must not claim memory for millions of large elements.
        var list = new ListOf<T>(reader, _element);
        var value = list.ToArray();
        if (id is not null)
            reader.Add(id.Value, value);
        return value;
    }
}

/// <summary>Reads a count and as many elements.</summary>
internal readonly struct ListOf<T>
{
    private const int FirstCapacity = 4096;

    private readonly List<T> _items;

    public ListOf(ByteReader reader, ValueCodec<T> element, List<T>? into = null)
    {
        var count = reader.ReadCount();
        _items = into ?? new List<T>(Math.Min(count, FirstCapacity));
        for (var i = 0; i < count; i++)
            _items.Add(element.Read(reader)!);
    }

    public T[] ToArray() => [.. _items];
}

internal sealed class ListCodec<T> : PayloadCodec<List<T>>
{
    private readonly ValueCodec<T> _element = ValueCodec.Of<T>();

    public override bool IsShallow => false;

    public override List<T> Copy(List<T> value, CopyContext context)
    {
        var copy = new List<T>(value.Count);
        context.Add(value, copy);
        if (_element.IsShallow)
        {
            copy.AddRange(CollectionsMarshal.AsSpan(value));
            return copy;
        }

        foreach (var element in value)
            copy.Add(_element.Copy(element, context)!);
        return copy;
    }

    public override void Write(ByteWriter writer, List<T> value)
    {
        writer.WriteUInt32((uint)value.Count);
        foreach (var element in value)
            _element.Write(writer, element);
    }

    public override List<T> Read(ByteReader reader, uint? id)
    {
        var value = new List<T>();
        if (id is not null)
            reader.Add(id.Value, value);
        _ = new ListOf<T>(reader, _element, value);
        return value;
    }
}

internal sealed class ImmutableArrayCodec<T> : PayloadCodec<ImmutableArray<T>>
{
    private ArrayCodec<T>? _array;

    public override bool IsShallow => Array.IsShallowElement;

    private (ArrayCodec<T> Codec, bool IsShallowElement) Array => (_array ??= (ArrayCodec<T>)CodecFactory.Of(typeof(T[])), ValueCodec.Of<T>().IsShallow);

    public override ImmutableArray<T> Copy(ImmutableArray<T> value, CopyContext context) =>
        value.IsDefault ? value : ImmutableCollectionsMarshal.AsImmutableArray(Array.Codec.Copy(ImmutableCollectionsMarshal.AsArray(value)!, context));

    public override void Write(ByteWriter writer, ImmutableArray<T> value)
    {
        writer.WriteByte(value.IsDefault ? (byte)0 : (byte)1);
        if (!value.IsDefault)
            Array.Codec.Write(writer, ImmutableCollectionsMarshal.AsArray(value)!);
    }

    public override ImmutableArray<T> Read(ByteReader reader, uint? id) =>
        reader.ReadByte() == 0 ? default : ImmutableCollectionsMarshal.AsImmutableArray(Array.Codec.Read(reader, null));
}

/// <summary>A collection that is made from an array of its elements.</summary>
internal sealed class SequenceCodec<TCollection, TElement>(Func<TElement[], TCollection> create) : PayloadCodec<TCollection>
    where TCollection : class, IEnumerable<TElement>
{
    private readonly ValueCodec<TElement> _element = ValueCodec.Of<TElement>();

    public override bool IsShallow => false;

    public override TCollection Copy(TCollection value, CopyContext context)
    {
        var items = value.ToArray();
        if (!_element.IsShallow)
        {
            for (var i = 0; i < items.Length; i++)
                items[i] = _element.Copy(items[i], context)!;
        }

        var copy = create(items);
        context.Add(value, copy);
        return copy;
    }

    public override void Write(ByteWriter writer, TCollection value)
    {
        var items = value.ToArray();
        writer.WriteUInt32((uint)items.Length);
        foreach (var item in items)
            _element.Write(writer, item);
    }

    public override TCollection Read(ByteReader reader, uint? id)
    {
        var items = new ListOf<TElement>(reader, _element).ToArray();
        try
        {
            var value = create(items);
            if (id is not null)
                reader.Add(id.Value, value);
            return value;
        }
        catch (ArgumentException exception)
        {
            throw new SerializerException($"The bytes hold no valid {typeof(TCollection)} before position {reader.Position}.", exception);
        }
    }
}
