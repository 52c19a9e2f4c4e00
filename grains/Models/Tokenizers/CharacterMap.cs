using System.Buffers.Binary;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>SentencePiece's compiled replacements: a double-array trie of what is replaced, and a pool of what by.</summary>
/// <remarks>
/// Layout: trie size (uint32), the trie's units (uint32 each), then texts that each end in a zero byte. A unit has the label in bits
/// 0..7, "has a leaf" in bit 8, and the offset to its children in bits 10..30 (bit 9: times 256); a leaf has its value in bits 0..30.
/// </remarks>
internal sealed class CharacterMap
{
    private readonly uint[] units;
    private readonly byte[] pool;

    public CharacterMap(ReadOnlySpan<byte> compiled)
    {
        if (compiled.IsEmpty)
        {
            (units, pool) = ([], []);
            return;
        }

        var size = compiled.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(compiled);
        if (size == 0 || size % 4 != 0 || size > compiled.Length - 4)
            throw new InvalidCheckpointException($"The character map's trie says {size} bytes of {compiled.Length}; the file is cut off or damaged.");
        units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(compiled[(4 + (4 * i))..]);
        pool = compiled[(4 + (int)size)..].ToArray();
        if (pool is not [.., 0])
            throw new InvalidCheckpointException("The character map's texts do not end in a zero byte; the file is cut off or damaged.");
    }

    /// <summary>Finds the longest start of a text that is replaced.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What it is replaced by.</param>
    /// <returns>Bytes that are replaced, 0 for none.</returns>
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        if (units.Length == 0)
            return 0;
        var length = 0;
        var node = Offset(units[0]);
        for (var i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= units.Length || Label(units[node]) != text[i])
                break;
            var unit = units[node];
            node ^= Offset(unit);
            if (!HasLeaf(unit))
                continue;
            if (node >= units.Length || (units[node] & int.MaxValue) >= pool.Length)
                throw new InvalidCheckpointException("The character map points outside itself; the file is damaged.");
            var start = (int)(units[node] & int.MaxValue);
            length = i + 1;
            replacement = pool.AsSpan(start, pool.AsSpan(start).IndexOf((byte)0));
        }

        return length;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);

    private static uint Label(uint unit) => unit & ((1U << 31) | 0xFF);

    private static bool HasLeaf(uint unit) => (unit & (1 << 8)) != 0;
}
