using System.Text;
using Darkroom.Models.Tokenizers;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Tokenizers;

public sealed class ClipTokenizerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Encode_FewMerges_JoinsTheBestPairsFirst()
    {
        // 256 bytes, the same at the end of a word, three merges, two special pieces.
        var tokenizer = Load("#version: 0.2\nr a\nra i\nrai n</w>\n");
        Assert.Equal(256 + 256 + 3 + 2, tokenizer.VocabularySize);
        Assert.Equal([512 + 2], tokenizer.Encode("RAIN"));
        Assert.Equal([512 + 1, .. tokenizer.Encode("ns")], tokenizer.Encode("rains"));
    }

    [Fact]
    public void EncodePadded_LongText_IsCutBeforeTheEnd()
    {
        var tokenizer = Load("#version: 0.2\n");
        var ids = tokenizer.EncodePadded("a b c d", paddingId: 0, length: 4);
        Assert.Equal([tokenizer.StartId, tokenizer.Encode("a")[0], tokenizer.Encode("b")[0], tokenizer.EndId], ids);
        Assert.Equal([tokenizer.StartId, tokenizer.EndId, tokenizer.EndId], tokenizer.EncodePadded("", length: 3));
    }

    [Theory]
    [InlineData("don't", new[] { "don", "'t" })]
    [InlineData("it's f/2.8!?", new[] { "it", "'s", "f", "/", "2", ".", "8", "!?" })]
    [InlineData("42 cafés", new[] { "4", "2", "cafés" })]
    [InlineData("𝒳𝒴z 😀😀", new[] { "𝒳𝒴z", "😀😀" })]
    [InlineData("a <|endoftext|> b", new[] { "a", "<|endoftext|>", "b" })]
    public void Words_OfAText_AreSplitAsByTheReference(string text, string[] expected) => Assert.Equal(expected, ClipWords.Split(text));

    [Theory]
    [InlineData("  A\u00A0 b\n\tC  ", "a b c")]
    [InlineData("a &amp;amp;lt; b", "a < b")]
    [InlineData("“curly” ‘quotes’ ﬁne", "\"curly\" 'quotes' fine")]
    [InlineData("ＦＵＬＬ\u3000ｗｉｄｔｈ", "full width")]
    [InlineData("cafe\u0301 A\u030A\u212B", "café åå")]
    [InlineData("ΟΔΟΣ ΣΑΣ İ", "οδος σας i\u0307")]
    [InlineData("bell\u0007 \u001B[31mred\u001B[0m", "bell red")]
    public void Text_IsCleanedAsByTheReference(string text, string expected) => Assert.Equal(expected, ClipText.Clean(text));

    [Theory]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0323\u0302", "ậ")]
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\uF900", "\u8C48")]
    public void Composition_FollowsUnicode(string text, string expected) => Assert.Equal(expected, CanonicalComposition.Compose(text));

    private ClipTokenizer Load(string merges)
    {
        var path = Path.Combine(folder, "merges.txt");
        File.WriteAllText(path, merges, new UTF8Encoding(false));
        return ClipTokenizer.Load(folder);
    }
}
