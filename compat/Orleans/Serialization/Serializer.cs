using System.Buffers;
using Orleans.Runtime;
using Orleans.Serialization.Session;

namespace Orleans.Serialization;

/// <summary>Writes values as bytes and reads them back; unknown members are skipped, so that old and new versions read each other.</summary>
public sealed class Serializer
{
    private const byte Magic = 0xD7;
    private const byte Version = 1;

    private readonly SerializerSessionPool _sessionPool;

    public Serializer(SerializerSessionPool sessionPool) => _sessionPool = sessionPool;

    public Serializer<T> GetSerializer<T>() => new(_sessionPool);

    public bool CanSerialize<T>() => CanSerialize(typeof(T));

    public bool CanSerialize(Type type) => CodecFactory.Exists(type);

    public byte[] SerializeToArray<T>(T value) => Write(value).Written.ToArray();

    public void Serialize<T>(T value, Stream destination, int sizeHint = 0)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(Write(value).Written);
    }

    public void Serialize<T, TBufferWriter>(T value, TBufferWriter destination)
        where TBufferWriter : IBufferWriter<byte> => destination.Write(Write(value).Written);

    public T Deserialize<T>(byte[] source) => Deserialize<T>((ReadOnlyMemory<byte>)source);

    public T Deserialize<T>(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var buffer = new MemoryStream();
        source.CopyTo(buffer);
        return Deserialize<T>(buffer.ToArray());
    }

    public T Deserialize<T>(ReadOnlySequence<byte> source) =>
        Deserialize<T>(source.IsSingleSegment ? source.First : (ReadOnlyMemory<byte>)source.ToArray());

    public T Deserialize<T>(ReadOnlySpan<byte> source) => Deserialize<T>((ReadOnlyMemory<byte>)source.ToArray());

    public T Deserialize<T>(ReadOnlyMemory<byte> source)
    {
        var codec = ValueCodec.Of<T>();
        var reader = new ByteReader(source);
        if (source.Length < 2 || reader.ReadByte() != Magic)
            throw new SerializerException($"The {source.Length} bytes are not a value written by this serializer.");
        if (reader.ReadByte() is var version && version != Version)
            throw new SerializerException($"The bytes are of format version {version}; this serializer reads version {Version}.");
        var before = Node.Ambient;
        Node.Ambient = _sessionPool.Node;
        try
        {
            var value = codec.Read(reader);
            return reader.Remaining == 0
                ? value!
                : throw new SerializerException($"{reader.Remaining} bytes are left after the value.");
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw TooDeep(exception);
        }
        finally
        {
            Node.Ambient = before;
        }
    }

    private static SerializerException TooDeep(InsufficientExecutionStackException exception) =>
        new("The objects are nested too deep for the stack.", exception);

    private static ByteWriter Write<T>(T value)
    {
        var writer = new ByteWriter();
        writer.WriteByte(Magic);
        writer.WriteByte(Version);
        try
        {
            ValueCodec.Of<T>().Write(writer, value);
            return writer;
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw TooDeep(exception);
        }
    }
}

/// <inheritdoc cref="Serializer"/>
public sealed class Serializer<T>
{
    private readonly Serializer _serializer;

    public Serializer(SerializerSessionPool sessionPool) => _serializer = new Serializer(sessionPool);

    public byte[] SerializeToArray(T value) => _serializer.SerializeToArray(value);

    public void Serialize(T value, Stream destination, int sizeHint = 0) => _serializer.Serialize(value, destination, sizeHint);

    public void Serialize<TBufferWriter>(T value, TBufferWriter destination)
        where TBufferWriter : IBufferWriter<byte> => _serializer.Serialize(value, destination);

    public T Deserialize(byte[] source) => _serializer.Deserialize<T>(source);

    public T Deserialize(Stream source) => _serializer.Deserialize<T>(source);

    public T Deserialize(ReadOnlySequence<byte> source) => _serializer.Deserialize<T>(source);

    public T Deserialize(ReadOnlySpan<byte> source) => _serializer.Deserialize<T>(source);

    public T Deserialize(ReadOnlyMemory<byte> source) => _serializer.Deserialize<T>(source);
}
