using System.Buffers.Binary;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>Walks the fields of one protocol-buffers message; whatever does not fit the bytes that are there is an error.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;
    private int wireType;

    /// <summary>Number of the field that is read next.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field. Its value must then be read or skipped.</summary>
    public bool MoveNext()
    {
        if (position >= bytes.Length)
            return false;
        var key = Varint();
        (Field, wireType) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        if (Field == 0)
            throw new InvalidCheckpointException($"At byte {position} there is a field 0; it is not a SentencePiece model.");
        return true;
    }

    public void Skip()
    {
        switch (wireType)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Bytes(); break;
            case 5: Take(4); break;
            default: throw new InvalidCheckpointException($"Field {Field} at byte {position} is of wire type {wireType}; it is not a SentencePiece model.");
        }
    }

    public ReadOnlySpan<byte> Bytes()
    {
        Require(2);
        var length = Varint();
        return length <= (ulong)(bytes.Length - position)
            ? Take((int)length)
            : throw new InvalidCheckpointException($"Field {Field} says it has {length} bytes, but {bytes.Length - position} are left; the file is cut off or damaged.");
    }

    public string Text() => TokenizerFile.StrictUtf8.GetString(Bytes());

    public float Single()
    {
        Require(5);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public int Whole()
    {
        Require(0);
        return (int)(uint)(Varint() & uint.MaxValue);
    }

    public bool Flag() => Whole() != 0;

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidCheckpointException($"At byte {position} a number has more than 64 bits; the file is damaged.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - position)
            throw new InvalidCheckpointException($"At byte {position} {count} bytes are needed, but {bytes.Length - position} are left; the file is cut off or damaged.");
        position += count;
        return bytes.Slice(position - count, count);
    }

    private readonly void Require(int type)
    {
        if (wireType != type)
            throw new InvalidCheckpointException($"Field {Field} at byte {position} is of wire type {wireType}, not {type}; it is not a SentencePiece model.");
    }
}
