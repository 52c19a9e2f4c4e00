using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Copies, writes and reads values of one declared type.</summary>
internal abstract class ValueCodec
{
    private static readonly ConcurrentDictionary<Type, ValueCodec> s_declared = new();

    /// <summary>Gets a value indicating whether a copy is the value itself.</summary>
    public abstract bool IsShallow { get; }

    /// <summary>The codec of a parameter, field or result that is declared as this type; its value may be null or derived.</summary>
    public static ValueCodec Of(Type type) => s_declared.TryGetValue(type, out var codec) ? codec : s_declared.GetOrAdd(type, Create(type));

    public static ValueCodec<T> Of<T>() => (ValueCodec<T>)Of(typeof(T));

    public abstract object? CopyObject(object? value, CopyContext context);

    public abstract void WriteObject(ByteWriter writer, object? value);

    public abstract object? ReadObject(ByteReader reader);

    private static ValueCodec Create(Type type)
    {
        if (type.IsPointer || type.IsByRef || type.IsByRefLike || type.ContainsGenericParameters)
            throw CodecFactory.NotFound(type);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Make(typeof(NullableCodec<>), underlying);
        if (type.IsValueType)
            return Make(typeof(StructCodec<>), type);

        // An abstract or open type has no codec of its own: the value's type decides. A sealed one must have one now.
        if (type.IsSealed && !typeof(Delegate).IsAssignableFrom(type))
            CodecFactory.Of(type);
        return Make(typeof(ReferenceCodec<>), type);
    }

    private static ValueCodec Make(Type definition, Type argument)
    {
        try
        {
            return (ValueCodec)Activator.CreateInstance(definition.MakeGenericType(argument), true)!;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is SerializerException inner)
        {
            throw new CodecNotFoundException(inner.Message);
        }
    }
}

/// <inheritdoc cref="ValueCodec"/>
internal abstract class ValueCodec<T> : ValueCodec
{
    public abstract T? Copy(T? value, CopyContext context);

    public abstract void Write(ByteWriter writer, T? value);

    public abstract T? Read(ByteReader reader);

    public override object? CopyObject(object? value, CopyContext context) => Copy((T?)value, context);

    public override void WriteObject(ByteWriter writer, object? value) => Write(writer, (T?)value);

    public override object? ReadObject(ByteReader reader) => Read(reader);
}

/// <summary>A value type: there is neither null nor a derived type.</summary>
internal sealed class StructCodec<T> : ValueCodec<T>
    where T : struct
{
    private readonly PayloadCodec<T> _payload = CodecFactory.Of<T>();

    public override bool IsShallow => _payload.IsShallow;

    public override T Copy(T value, CopyContext context) => _payload.IsShallow ? value : _payload.Copy(value, context);

    public override void Write(ByteWriter writer, T value) => _payload.Write(writer, value);

    public override T Read(ByteReader reader)
    {
        ByteReader.Enter();
        return _payload.Read(reader, null);
    }
}

internal sealed class NullableCodec<T> : ValueCodec<T?>
    where T : struct
{
    private readonly PayloadCodec<T> _payload = CodecFactory.Of<T>();

    public override bool IsShallow => _payload.IsShallow;

    public override T? Copy(T? value, CopyContext context) =>
        value is null || _payload.IsShallow ? value : _payload.Copy(value.Value, context);

    public override void Write(ByteWriter writer, T? value)
    {
        writer.WriteByte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
            _payload.Write(writer, value.Value);
    }

    public override T? Read(ByteReader reader) => reader.ReadByte() switch
    {
        0 => null,
        1 => _payload.Read(reader, null),
        var tag => throw new SerializerException($"{tag} is no mark of an optional value (position {reader.Position})."),
    };
}
