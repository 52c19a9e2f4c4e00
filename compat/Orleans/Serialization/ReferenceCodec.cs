namespace Orleans.Serialization;

/// <summary>A reference type: null, seen before, exactly the declared type, or a type named in the bytes.</summary>
internal sealed class ReferenceCodec<T> : ValueCodec<T>
    where T : class
{
    private const byte Null = 0;
    private const byte Exact = 1;
    private const byte Typed = 2;
    private const byte Seen = 3;

    private PayloadCodec? _exact;

    public override bool IsShallow { get; } = typeof(T).IsSealed && CodecFactory.Of(typeof(T)).IsShallow;

    public override T? Copy(T? value, CopyContext context)
    {
        if (value is null)
            return null;
        var codec = CodecFor(value);
        if (codec.IsShallow)
            return value;
        if (!codec.IsTracked)
            return (T)codec.CopyObject(value, context);
        return (T)(context.Find(value) ?? codec.CopyObject(value, context));
    }

    public override void Write(ByteWriter writer, T? value)
    {
        if (value is null)
        {
            writer.WriteByte(Null);
            return;
        }

        var codec = CodecFor(value);
        uint id = 0;
        if (codec.IsTracked && !writer.TryAdd(value, out id))
        {
            writer.WriteByte(Seen);
            writer.WriteUInt32(id);
            return;
        }

        if (codec.Type == typeof(T))
        {
            writer.WriteByte(Exact);
        }
        else
        {
            writer.WriteByte(Typed);
            TypeNames.Write(writer, codec.Type);
        }

        if (codec.IsTracked)
            writer.WriteUInt32(id);
        codec.WriteObject(writer, value);
    }

    public override T? Read(ByteReader reader)
    {
        var tag = reader.ReadByte();
        switch (tag)
        {
            case Null:
                return null;
            case Seen:
                return Cast(reader.Object(reader.ReadUInt32()));
            case Exact:
                return Cast(ReadPayload(reader, typeof(T).IsAbstract ? throw CodecFactory.NotFound(typeof(T)) : _exact ??= CodecFactory.Of(typeof(T))));
            case Typed:
                var type = TypeNames.Read(reader);
                if (!typeof(T).IsAssignableFrom(type))
                    throw new SerializerException($"The bytes hold a {type} where a {typeof(T)} is expected (position {reader.Position}).");
                return Cast(ReadPayload(reader, CodecFactory.Of(type)));
            default:
                throw new SerializerException($"{tag} is no mark of an object (position {reader.Position}).");
        }
    }

    private static object ReadPayload(ByteReader reader, PayloadCodec codec)
    {
        ByteReader.Enter();
        uint? id = codec.IsTracked ? reader.ReadUInt32() : null;
        return codec.ReadObject(reader, id);
    }

    private static T Cast(object value) =>
        value as T ?? throw new SerializerException($"The bytes hold a {value.GetType()} where a {typeof(T)} is expected.");

    private PayloadCodec CodecFor(T value)
    {
        if (_exact is { } exact && exact.Matches(value))
            return exact;
        var codec = CodecFactory.Of(value.GetType());
        if (codec.Type == typeof(T))
            _exact = codec;
        return codec;
    }
}
