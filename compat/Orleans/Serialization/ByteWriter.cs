using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Orleans.Serialization;

/// <summary>Writes values into a growing buffer and remembers which objects it has written.</summary>
internal sealed class ByteWriter
{
    private readonly Dictionary<object, uint> _objects = new(ReferenceEqualityComparer.Instance);
    private byte[] _buffer = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Gives the id of an object; false when it has been written before.</summary>
    public bool TryAdd(object value, out uint id)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_objects.TryGetValue(value, out id))
            return false;
        id = (uint)_objects.Count;
        _objects.Add(value, id);
        return true;
    }

    public void WriteByte(byte value) => Claim(1)[0] = value;

    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Claim(bytes.Length));

    public void WriteUInt32(uint value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    public void WriteUInt64(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    // Zigzag: small negative numbers are short as well.
    public void WriteInt64(long value) => WriteUInt64((ulong)((value << 1) ^ (value >> 63)));

    public void WriteFixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Claim(8), value);

    public void WriteFixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Claim(4), value);

    public void WriteString(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteUInt32((uint)length);
        Encoding.UTF8.GetBytes(value, Claim(length));
    }

    /// <summary>Leaves room for a length; <see cref="EndBlock"/> fills it in.</summary>
    public int BeginBlock()
    {
        Claim(4);
        return Length;
    }

    public void EndBlock(int start) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(start - 4), (uint)(Length - start));

    private Span<byte> Claim(int count)
    {
        if (_buffer.Length - Length < count)
            Array.Resize(ref _buffer, Math.Max(checked(Length + count), _buffer.Length * 2));
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
