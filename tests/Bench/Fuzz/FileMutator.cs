using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Bench.Fuzz;

/// <summary>Damages files in the ways in which readers go wrong. The same seed gives the same damage.</summary>
/// <param name="seed">Seed of all choices.</param>
internal sealed class FileMutator(int seed)
{
    private const int MaxBytes = 64 << 10;
    private const int MaxMutations = 6;

    /// <summary>Numbers at the edges of what readers add, multiply and allocate.</summary>
    private static readonly ulong[] Edges =
    [
        0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffff, 1UL << 32, 1UL << 40, 1UL << 62,
    ];

    private static readonly string[] Words =
    [
        "99999999999999999999", "-1", "9223372036854775807", "4611686018427387904", "1e308", "null", "[]", "{}", "\"F32\"", "\"BF16\"", "\"shape\":[0,0]",
        "[1,1,1,1,1,1,1,1,1]", "cos\nsystem\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n", "(((((((((", "}q\0(", "..", "/../../",
    ];

    private readonly Random random = new(seed);

    /// <summary>Makes a damaged copy.</summary>
    /// <param name="file">A sound file.</param>
    /// <param name="other">Another one, to take pieces from.</param>
    public byte[] Mutate(byte[] file, byte[] other)
    {
        var bytes = new List<byte>(file);
        for (var left = 1 + random.Next(MaxMutations); left > 0; left--)
            MutateOnce(bytes, other);
        return [.. bytes.Take(MaxBytes)];
    }

    private void MutateOnce(List<byte> bytes, byte[] other)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        var at = random.Next(bytes.Count);
        var count = Math.Min(1 + random.Next(random.Next(2) == 0 ? 8 : 512), bytes.Count - at);
        switch (random.Next(11))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.RemoveRange(at, count);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            case 5:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(count, other.Length - from)).ToArray());
                break;
            case 6:
                Overwrite(bytes, at, Number());
                break;
            case 7:
                bytes.InsertRange(at, Encoding.ASCII.GetBytes(Words[random.Next(Words.Length)]));
                break;
            case 8:
                Overwrite(bytes, at, Encoding.ASCII.GetBytes(Words[random.Next(Words.Length)]));
                break;
            case 9:
                ChangeDigits(bytes, at);
                break;
            default:
                for (var i = 0; i < count; i++)
                    bytes[at + i] = bytes[random.Next(bytes.Count)];
                break;
        }
    }

    private byte[] Number()
    {
        var number = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, Edges[random.Next(Edges.Length)]);
        return number[..(1 << random.Next(4))];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++)
            bytes[at + i] = with[i];
    }

    /// <summary>Makes the next number in the text another one of the same length: the file stays well formed, its meaning does not.</summary>
    private void ChangeDigits(List<byte> bytes, int at)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at]))
            at++;
        for (; at < bytes.Count && char.IsAsciiDigit((char)bytes[at]); at++)
            bytes[at] = (byte)('0' + random.Next(10));
    }
}
