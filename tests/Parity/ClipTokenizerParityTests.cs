using System.Text.Json;
using Darkroom.Models.Tokenizers;
using Xunit;

namespace Darkroom.Tests.Parity;

/// <summary>The ids of OpenAI's tokenizer (fixture <c>clip_tokenizer</c>, which has the vocabulary beside it).</summary>
public sealed class ClipTokenizerParityTests
{
    [Fact]
    public void Encode_ReferenceTexts_GivesTheReferenceIds()
    {
        var folder = Fixture.FolderOf("clip_tokenizer");
        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json")));
        var vocabulary = Directory.GetFiles(folder).Single(path => !path.EndsWith("meta.json", StringComparison.Ordinal));
        var tokenizer = ClipTokenizer.Load(vocabulary);
        var index = 0;
        foreach (var entry in meta.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = entry.GetProperty("text").GetString()!;
            AssertIds(entry, "encode", [.. tokenizer.Encode(text).Select(id => (long)id)]);
            AssertIds(entry, "sd15_77", tokenizer.EncodePadded(text));
            AssertIds(entry, "sd21_77", tokenizer.EncodePadded(text, paddingId: 0));
            AssertIds(entry, "openai_clip_77", tokenizer.EncodePadded(text, paddingId: 0));
            index++;
        }

        Assert.NotEqual(0, index);

        void AssertIds(JsonElement entry, string key, long[] actual)
        {
            var expected = entry.GetProperty(key).EnumerateArray().Select(id => id.GetInt64()).ToArray();
            Assert.Equal(expected, actual);
            ParityReport.Add("clip_tokenizer", $"{key} of text {index}", 0, 0, expected.DefaultIfEmpty(0).Max());
        }
    }
}
