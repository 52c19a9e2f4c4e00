using Darkroom.Models.Noise;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Noise;

public sealed class Philox4x32Tests
{
    // kat_vectors of the authors' Random123 library, "philox4x32 10": counter, key, result. The third is made of π's digits.
    [Theory]
    [InlineData("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8")]
    [InlineData("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd")]
    [InlineData("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1")]
    public void Generate_PublishedVectors_GivesTheirNumbers(string counter, string key, string expected)
    {
        var c = Words(counter);
        var k = Words(key);
        var e = Words(expected);
        Assert.Equal(new PhiloxBlock(e[0], e[1], e[2], e[3]), Philox4x32.Generate(new PhiloxBlock(c[0], c[1], c[2], c[3]), (k[0], k[1])));
    }

    private static uint[] Words(string text) => [.. text.Split(' ').Select(word => Convert.ToUInt32(word, 16))];
}
