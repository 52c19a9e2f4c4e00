using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>CLIP's pieces and merges. Bytes stand as letters, the end of a word as <c>&lt;/w&gt;</c>.</summary>
internal sealed class ClipVocabulary
{
    public const string EndOfWord = "</w>";
    public const string StartToken = "<|startoftext|>";
    public const string EndToken = "<|endoftext|>";

    // The published list is longer than the vocabulary that was trained: 49,152 pieces without the two special ones.
    private const int MostMerges = 49_152 - 256 - 2;

    private ClipVocabulary(IReadOnlyList<string> merges, IReadOnlyDictionary<string, int> ids)
    {
        Merges = new MergeTable(merges);
        Ids = ids;
        foreach (var piece in ByteLetters.Select(letter => letter.ToString()).SelectMany(letter => new[] { letter, letter + EndOfWord })
            .Concat(merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))).Append(StartToken).Append(EndToken))
        {
            if (!ids.ContainsKey(piece))
                throw new InvalidCheckpointException($"The vocabulary has no '{piece}', which its merges need.");
        }
    }

    public MergeTable Merges { get; }

    public IReadOnlyDictionary<string, int> Ids { get; }

    /// <summary>The letter of each byte: itself where it prints, else one from U+0100 on.</summary>
    public static IReadOnlyList<char> ByteLetters { get; } = MakeByteLetters();

    /// <summary>Reads <c>bpe_simple_vocab_16e6.txt(.gz)</c>, <c>merges.txt</c>, <c>tokenizer.json</c>, or a folder with one of them.</summary>
    public static ClipVocabulary Load(string path)
    {
        if (Directory.Exists(path))
        {
            string[] names = ["merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"];
            path = names.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                ?? throw new InvalidCheckpointException($"{path}: it has none of {string.Join(", ", names)}, one of which is CLIP's vocabulary.");
        }

        var bytes = TokenizerFile.Named(path, () => TokenizerFile.Read(path));
        var isJson = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        return TokenizerFile.Named(path, () => isJson ? FromJson(bytes) : FromMerges(TokenizerFile.StrictUtf8.GetString(bytes)));
    }

    // The first line is a version; ids follow from the order.
    private static ClipVocabulary FromMerges(string text)
    {
        var lines = text.Split('\n');
        if (!lines[0].Contains("#version", StringComparison.Ordinal))
            throw new InvalidCheckpointException("Its first line does not say '#version'; it is not a list of merges.");
        var merges = lines.Skip(1).Select(line => line.TrimEnd('\r')).Take(MostMerges).ToList();
        if (merges is [.., ""])
            merges.RemoveAt(merges.Count - 1);

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var letters = LettersInOrder().Select(letter => letter.ToString()).ToList();
        foreach (var piece in letters.Concat(letters.Select(letter => letter + EndOfWord))
            .Concat(merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))).Append(StartToken).Append(EndToken))
        {
            if (!ids.TryAdd(piece, ids.Count))
                throw new InvalidCheckpointException($"'{piece}' is made by two merges.");
        }

        return new ClipVocabulary(merges, ids);
    }

    private static ClipVocabulary FromJson(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var model = JsonMembers.Object(document.RootElement, "model");
        var ids = JsonMembers.Ids(JsonMembers.Object(model, "vocab"));
        return new ClipVocabulary(MergeTable.ReadJson(JsonMembers.Get(model, "merges")), ids);
    }

    private static char[] MakeByteLetters()
    {
        var letters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
            letters[value] = Prints(value) ? (char)value : (char)next++;
        return letters;
    }

    // The vocabulary's order: the bytes that print, then the others.
    private static IEnumerable<char> LettersInOrder() =>
        Enumerable.Range(0, 256).OrderBy(value => Prints(value) ? 0 : 1).ThenBy(value => value).Select(value => ByteLetters[value]);

    private static bool Prints(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
}
