using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>Reads the bytes of a pickle one after another; never beyond its part of the file, and never more than is allowed.</summary>
/// <param name="file">The file.</param>
/// <param name="start">First byte of the pickle.</param>
/// <param name="end">The first byte that cannot belong to it.</param>
internal sealed class PickleInput(RandomFile file, long start, long end)
{
    /// <summary>The longest pickle that is read (bytes). Names and shapes of 50,000 tensors need less.</summary>
    public const long MaxBytes = 32 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly long limit = Math.Min(end, start + MaxBytes);
    private readonly byte[] buffer = new byte[64 << 10];
    private long bufferStart = start;
    private int buffered;

    /// <summary>Gets where the next byte is in the file.</summary>
    public long Position { get; private set; } = start;

    public byte ReadByte()
    {
        if (Position >= bufferStart + buffered)
            Fill();
        return buffer[(int)(Position++ - bufferStart)];
    }

    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Read(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Read(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>Pickle's only number with its first byte first.</summary>
    public double ReadDouble()
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        Read(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    public byte[] ReadBytes(long count)
    {
        Require(count);
        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    public string ReadText(long byteCount) => Decode(ReadBytes(byteCount));

    /// <summary>Reads to the end of the line; the names of classes and functions stand like that.</summary>
    public string ReadLine(int maxBytes)
    {
        var bytes = new List<byte>();
        for (var next = ReadByte(); next != (byte)'\n'; next = ReadByte())
        {
            if (bytes.Count == maxBytes)
                throw new InvalidCheckpointException($"The pickle has a name of more than {maxBytes} bytes.");
            bytes.Add(next);
        }

        return Decode([.. bytes]);
    }

    private static string Decode(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidCheckpointException("The pickle has a text that is not UTF-8.", error);
        }
    }

    private void Read(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = ReadByte();
    }

    private void Fill()
    {
        Require(1);
        bufferStart = Position;
        buffered = (int)Math.Min(buffer.Length, limit - Position);
        file.Read(Position, buffer.AsSpan(0, buffered));
    }

    private void Require(long count)
    {
        if (count < 0 || count > limit - Position)
            throw new InvalidCheckpointException(limit < end
                ? $"The pickle is longer than the {MaxBytes} bytes allowed."
                : "The pickle ends in the middle.");
    }
}
