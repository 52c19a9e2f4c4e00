using System.Diagnostics;
using System.Text;
using Darkroom.Models.Tokenizers;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Tokenizers;

public sealed class SentencePieceTokenizerTests
{
    private const string SpmEncode = "/usr/bin/spm_encode";

    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "Models", "Tokenizers", "TestData");

    [Theory]
    [InlineData("unigram")]
    [InlineData("bpe")]
    [InlineData("defined")]
    public void Encode_HardTexts_GivesTheIdsOfSentencePiece(string name)
    {
        var tokenizer = Load(name);
        var texts = Lines("hard.txt");
        var expected = Lines(name + ".ids");
        Assert.Equal(texts.Length, expected.Length);
        for (var i = 0; i < texts.Length; i++)
            Assert.True(expected[i] == Ids(tokenizer, texts[i]), $"{texts[i]}: {Ids(tokenizer, texts[i])}, but SentencePiece {expected[i]}");
    }

    [Theory]
    [InlineData("unigram")]
    [InlineData("bpe")]
    [InlineData("defined")]
    public async Task Encode_RandomTexts_GivesTheIdsOfTheInstalledSpmEncode(string name)
    {
        Assert.SkipUnless(File.Exists(SpmEncode), $"{SpmEncode} is not installed (apt-get install sentencepiece).");
        var texts = RandomTexts(400).ToList();
        var expected = await RunAsync(Path.Combine(Data, name + ".model"), texts);
        var tokenizer = Load(name);
        Assert.Equal(texts.Count, expected.Length);
        for (var i = 0; i < texts.Count; i++)
            Assert.True(expected[i] == Ids(tokenizer, texts[i]), $"{texts[i]}: {Ids(tokenizer, texts[i])}, but SentencePiece {expected[i]}");
    }

    [Theory]
    [InlineData("unigram")]
    [InlineData("bpe")]
    public void Load_TokenizerJsonOfTheSameModel_GivesTheSameIds(string name)
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-").FullName;
        try
        {
            var path = Path.Combine(folder, "tokenizer.json");
            File.WriteAllBytes(path, TokenizerJsonWriter.Write(SentencePieceFile.Read(File.ReadAllBytes(Path.Combine(Data, name + ".model")))));
            var (model, json) = (Load(name), SentencePieceTokenizer.Load(path));
            foreach (var text in Lines("hard.txt"))
                Assert.Equal(Ids(model, text), Ids(json, text));
            Assert.Equal((model.UnknownId, model.EndId, model.PaddingId), (json.UnknownId, json.EndId, json.PaddingId));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("bpe", "Bytes for 日本語 and 😀, two  spaces kept")]
    [InlineData("unigram", "The lighthouse shows three bright windows.")]
    public void Decode_OfEncode_GivesTheTextBack(string name, string text)
    {
        var tokenizer = Load(name);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void EncodePadded_ShortAndLongText_EndsAndFillsUp()
    {
        var tokenizer = Load("unigram");
        var text = "The night sky";
        var own = tokenizer.Encode(text);
        var (ids, mask) = tokenizer.EncodePadded(text, own.Count + 3);
        Assert.Equal([.. own.Select(id => (long)id), 1, 0, 0], ids);
        Assert.Equal([.. own.Select(_ => 1L), 1, 0, 0], mask);
        var (cut, all) = tokenizer.EncodePadded(text, 3);
        Assert.Equal([own[0], own[1], 1], cut);
        Assert.Equal([1, 1, 1], all);
    }

    [Fact]
    public void Encode_ControlPieceInTheText_IsOnlyText()
    {
        var tokenizer = Load("bpe");
        Assert.DoesNotContain(tokenizer.EndId!.Value, tokenizer.Encode("the end</s> of it"));
        var ids = tokenizer.EncodeWithPieces("look <image> here", new Dictionary<string, int> { ["<image>"] = 32_000, ["<im"] = 7 });
        Assert.Equal([.. tokenizer.Encode("look"), 32_000, .. tokenizer.Encode("here")], ids);
    }

    [Fact]
    public void Encode_TooLongText_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Load("bpe").Encode(new string('a', TokenizerFile.MaxTextLength + 1)));

    // The worst text for a method that looks at all pairs again and again.
    [Fact]
    public void Encode_LongestText_TakesEveryLetter()
    {
        var text = new string('a', TokenizerFile.MaxTextLength);
        foreach (var name in new[] { "bpe", "unigram" })
        {
            var tokenizer = Load(name);
            Assert.Equal(text.Length, tokenizer.Decode(tokenizer.Encode(text)).Length);
        }
    }

    private static SentencePieceTokenizer Load(string name) => SentencePieceTokenizer.Load(Path.Combine(Data, name + ".model"));

    private static string Ids(SentencePieceTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text));

    private static string[] Lines(string file) => File.ReadAllText(Path.Combine(Data, file)).Split('\n')[..^1];

    private static IEnumerable<string> RandomTexts(int count)
    {
        var random = new Random(5);
        string[] parts =
        [
            " ", "  ", "the ", "camera", "street lamp", "<image>", "é", "e\u0301", "日本", "😀", "Ａ", "1987", "ing", "\u00A0", "\u3000", "▁", "</s>", "ﬁ", "\t", "q", "-", "½",
        ];
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var part = random.Next(1, 20); part > 0; part--)
                text.Append(random.Next(3) == 0 ? ((char)random.Next('!', 'z')).ToString() : parts[random.Next(parts.Length)]);
            yield return text.ToString();
        }
    }

    private static async Task<string[]> RunAsync(string model, IEnumerable<string> texts)
    {
        var start = new ProcessStartInfo(SpmEncode, [$"--model={model}", "--output_format=id"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        foreach (var text in texts)
            await process.StandardInput.WriteAsync(text + "\n");
        process.StandardInput.Close();
        var lines = (await output).Split('\n')[..^1];
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return lines;
    }
}
