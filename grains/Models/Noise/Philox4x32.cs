namespace Darkroom.Models.Noise;

/// <summary>The counter-based generator Philox4x32-10: a block of four numbers is a function of a counter and a key, nothing else.</summary>
/// <remarks>Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 4.3.</remarks>
public static class Philox4x32
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;   // golden ratio
    private const uint Weyl1 = 0xBB67AE85;   // sqrt(3) - 1

    /// <summary>Makes a block.</summary>
    /// <param name="counter">Which block: 128 bits.</param>
    /// <param name="key">Which stream: 64 bits.</param>
    /// <returns>Four numbers, each uniform over all 32 bits.</returns>
    public static PhiloxBlock Generate(PhiloxBlock counter, (uint K0, uint K1) key)
    {
        var (x0, x1, x2, x3) = counter;
        var (k0, k1) = key;
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * x0;
            var product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ k1, (uint)product0);
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }

        return new PhiloxBlock(x0, x1, x2, x3);
    }
}

/// <summary>Four words of 32 bits: a counter, or the numbers made from it.</summary>
/// <param name="X0">First word.</param>
/// <param name="X1">Second word.</param>
/// <param name="X2">Third word.</param>
/// <param name="X3">Fourth word.</param>
public readonly record struct PhiloxBlock(uint X0, uint X1, uint X2, uint X3);
