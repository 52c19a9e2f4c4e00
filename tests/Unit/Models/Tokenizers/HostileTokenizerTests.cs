using System.IO.Compression;
using System.Text;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Tokenizers;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Tokenizers;

/// <summary>Files that are cut off, changed, too large or of another kind: one clear error, no crash, no hang.</summary>
public sealed class HostileTokenizerTests : IDisposable
{
    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "Models", "Tokenizers", "TestData");

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Model_CutOffAnywhere_IsRefused(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Data, name + ".model"));
        for (var length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 300))
        {
            // A cut between two fields can leave a smaller vocabulary that is sound in itself, but never an odd error.
            var error = Try(() => SentencePieceTokenizer.Load(Put("cut.model", whole[..length])));
            Assert.True(error is null or InvalidCheckpointException, $"{length} bytes: {error}");
        }

        Assert.IsType<InvalidCheckpointException>(Try(() => SentencePieceTokenizer.Load(Put("cut.model", whole[..1000]))));
    }

    [Theory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Model_ChangedAnywhere_IsRefusedOrWorks(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Data, name + ".model"));
        var random = new Random(11);
        for (var round = 0; round < 400; round++)
        {
            var changed = (byte[])whole.Clone();
            for (var i = random.Next(1, 8); i > 0; i--)
                changed[random.Next(random.Next(2) == 0 ? Math.Min(4000, changed.Length) : changed.Length)] = (byte)random.Next(256);
            var error = Try(() => SentencePieceTokenizer.Load(Put("changed.model", changed)).Encode("The camera, １２ ﬁne \u3000 日本 é!"));
            Assert.True(error is null or InvalidCheckpointException, $"round {round}: {error}");
        }
    }

    [Theory]
    [InlineData("", "sound JSON")]
    [InlineData("{\"model\":", "sound JSON")]
    [InlineData("[]", "'model'")]
    [InlineData("{\"model\": 3}", "'model'")]
    [InlineData("""{"model": {"type": "WordPiece"}}""", "WordPiece")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a"]]}}""", "Entry 0")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e99]]}}""", "score")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 5, "vocab": [["a", 0]]}}""", "unknown")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["a", 0]]}}""", "twice")]
    [InlineData("""{"model": {"type": "BPE", "unk_token": "u", "vocab": {"u": -1}, "merges": []}}""", "whole number")]
    [InlineData("""{"model": {"type": "BPE", "unk_token": "u", "vocab": {"u": 7}, "merges": []}}""", "id 7")]
    [InlineData("""{"model": {"type": "BPE", "unk_token": "u", "vocab": {"u": 0}, "merges": ["a b c"]}}""", "Merge 0")]
    [InlineData("""{"model": {"type": "BPE", "unk_token": "u", "byte_fallback": true, "vocab": {"u": 0}, "merges": []}}""", "<0x00>")]
    [InlineData("""{"normalizer": {"type": "BertNormalizer"}, "model": {"type": "BPE"}}""", "BertNormalizer")]
    [InlineData("""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "!"}, "model": {"type": "BPE"}}""", "base64")]
    public void TokenizerJson_Malformed_NamesTheCause(string json, string named)
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => SentencePieceTokenizer.Load(Put("tokenizer.json", Encoding.UTF8.GetBytes(json))));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TokenizerJson_NestedDeeply_IsRefused()
    {
        var json = new string('[', 100_000);
        Assert.Throws<InvalidCheckpointException>(() => SentencePieceTokenizer.Load(Put("tokenizer.json", Encoding.UTF8.GetBytes(json))));
    }

    [Fact]
    public void File_TooLarge_IsRefusedBeforeItIsParsed()
    {
        var path = Path.Combine(folder, "huge.model");
        using (var file = File.Create(path))
            file.SetLength(TokenizerFile.MaxBytes + 1L);
        Assert.Contains("bytes", Assert.Throws<InvalidCheckpointException>(() => SentencePieceTokenizer.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClipVocabulary_ThatUnpacksToTooMuch_IsRefused()
    {
        var path = Path.Combine(folder, "bomb.txt.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i <= TokenizerFile.MaxBytes >> 20; i++)
                packed.Write(zeros);
        }

        Assert.Contains("unpacked", Assert.Throws<InvalidCheckpointException>(() => ClipTokenizer.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("merges.txt", "i n\nt h\n", "#version")]
    [InlineData("merges.txt", "#version: 0.2\nin\n", "Merge 0")]
    [InlineData("merges.txt", "#version: 0.2\ni n\ni n\n", "two merges")]
    [InlineData("merges.txt", "#version: 0.2\n\u0001\uFFFDx yz\n", "")]
    [InlineData("tokenizer.json", """{"model": {"vocab": {"a": 0}, "merges": []}}""", "no '")]
    [InlineData("vocabulary.txt.gz", "not packed", "gzip")]
    public void ClipVocabulary_Malformed_NamesTheCause(string name, string content, string named)
    {
        var error = Try(() => ClipTokenizer.Load(Put(name, Encoding.UTF8.GetBytes(content))));
        if (named.Length > 0)
            Assert.Contains(named, Assert.IsType<InvalidCheckpointException>(error).Message, StringComparison.Ordinal);
        else
            Assert.True(error is null or InvalidCheckpointException, error?.ToString());
    }

    [Fact]
    public void ClipVocabulary_OfAFolderWithoutOne_IsRefused() =>
        Assert.Contains("merges.txt", Assert.Throws<InvalidCheckpointException>(() => ClipTokenizer.Load(folder)).Message, StringComparison.Ordinal);

    private static Exception? Try(Action action) => Record.Exception(action);

    private string Put(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
