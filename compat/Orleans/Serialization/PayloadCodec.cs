namespace Orleans.Serialization;

/// <summary>Copies, writes and reads the content of values of exactly one type.</summary>
internal abstract class PayloadCodec
{
    /// <summary>Gets the type as it stands in the bytes.</summary>
    public abstract Type Type { get; }

    public abstract bool IsShallow { get; }

    /// <summary>Gets a value indicating whether two references to one object stay two references to one object.</summary>
    public virtual bool IsTracked => !Type.IsValueType;

    public virtual bool Matches(object value) => value.GetType() == Type;

    public abstract object CopyObject(object value, CopyContext context);

    public abstract void WriteObject(ByteWriter writer, object value);

    /// <summary>Reads a value; a tracked one adds itself to the reader under <paramref name="id"/> before its content.</summary>
    public abstract object ReadObject(ByteReader reader, uint? id);
}

/// <inheritdoc cref="PayloadCodec"/>
internal abstract class PayloadCodec<T> : PayloadCodec
    where T : notnull
{
    public override Type Type => typeof(T);

    public abstract T Copy(T value, CopyContext context);

    public abstract void Write(ByteWriter writer, T value);

    public abstract T Read(ByteReader reader, uint? id);

    public override object CopyObject(object value, CopyContext context) => Copy((T)value, context);

    public override void WriteObject(ByteWriter writer, object value) => Write(writer, (T)value);

    public override object ReadObject(ByteReader reader, uint? id) => Read(reader, id);
}

/// <summary>A type that never changes after it is made, or that is copied by assignment.</summary>
internal sealed class ShallowCodec<T>(Action<ByteWriter, T> write, Func<ByteReader, T> read) : PayloadCodec<T>
    where T : notnull
{
    public override bool IsShallow => true;

    public override bool IsTracked => false;

    public override bool Matches(object value) => value is T;

    public override T Copy(T value, CopyContext context) => value;

    public override void Write(ByteWriter writer, T value) => write(writer, value);

    public override T Read(ByteReader reader, uint? id)
    {
        try
        {
            return read(reader);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            throw new SerializerException($"The bytes hold no valid {typeof(T)} before position {reader.Position}.", exception);
        }
    }
}
