using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Orleans.Serialization;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. The bytes are not trusted: whatever they hold, the worst is an exception.</summary>
internal sealed class ByteReader(ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding s_strictUtf8 = new(false, true);

    private readonly Dictionary<uint, object> _objects = [];

    public int Position { get; private set; }

    public int Remaining => bytes.Length - Position;

    /// <summary>Called at each level of nesting: bytes that nest without end exhaust the stack, which is an error and not a crash.</summary>
    public static void Enter() => RuntimeHelpers.EnsureSufficientExecutionStack();

    public void Add(uint id, object value)
    {
        if (!_objects.TryAdd(id, value))
            throw new SerializerException($"The bytes define object {id} twice.");
    }

    public object Object(uint id) =>
        _objects.TryGetValue(id, out var value)
            ? value
            : throw new SerializerException($"The bytes refer to object {id}, which is not before position {Position}.");

    public byte ReadByte() => Take(1)[0];

    public ReadOnlySpan<byte> ReadBytes(int count) => Take(count);

    public uint ReadUInt32()
    {
        var value = ReadUInt64();
        return value <= uint.MaxValue ? (uint)value : throw new SerializerException($"The number {value} at position {Position} does not fit 32 bits.");
    }

    public ulong ReadUInt64()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = ReadByte();
            if (shift == 63 && b > 1)
                break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        throw new SerializerException($"The number before position {Position} does not fit 64 bits.");
    }

    public long ReadInt64()
    {
        var value = ReadUInt64();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public string ReadString()
    {
        try
        {
            return s_strictUtf8.GetString(Take(ReadCount()));
        }
        catch (DecoderFallbackException exception)
        {
            throw new SerializerException($"The text before position {Position} is not UTF-8.", exception);
        }
    }

    /// <summary>Reads the number of things that follow, each of at least one byte.</summary>
    public int ReadCount()
    {
        var count = ReadUInt32();
        return count <= (uint)Remaining
            ? (int)count
            : throw new SerializerException($"The bytes announce {count} items at position {Position}; only {Remaining} bytes follow.");
    }

    /// <summary>Reads the length of a block and gives the position after it.</summary>
    public int ReadBlock()
    {
        var length = ReadFixed32();
        return length <= (uint)Remaining
            ? Position + (int)length
            : throw new SerializerException($"A field of {length} bytes is announced at position {Position}; only {Remaining} follow.");
    }

    public void Skip(int toPosition) => Position = toPosition;

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
            throw new SerializerException($"The bytes end at {bytes.Length}; {count} more are needed at position {Position}.");
        var span = bytes.Span.Slice(Position, count);
        Position += count;
        return span;
    }
}
