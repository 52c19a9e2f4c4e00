using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Darkroom.Models.Checkpoints.Nano;

/// <summary>Tokenizer files of the nano checkpoints: the real formats, with a word for each character and nothing longer.</summary>
internal static class NanoTokenizers
{
    private const int ByteCount = 256;

    /// <summary>Size of the nano CLIP's vocabulary: each byte within and at the end of a word, begin and end.</summary>
    public const int ClipVocabularySize = 2 * ByteCount + 2;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes CLIP's <c>vocab.json</c>, <c>merges.txt</c> and settings.</summary>
    public static void WriteClip(NanoFolder folder, string path, string padding)
    {
        var symbols = ByteSymbols();
        var vocabulary = symbols.Concat(symbols.Select(symbol => symbol + "</w>")).Append("<|startoftext|>").Append("<|endoftext|>")
            .Select((word, id) => (word, id)).ToDictionary(pair => pair.word, pair => pair.id);
        folder.WriteText($"{path}/vocab.json", JsonSerializer.Serialize(vocabulary, Json));
        folder.WriteText($"{path}/merges.txt", "#version: 0.2");
        folder.WriteText($"{path}/tokenizer_config.json", $$"""
            {
              "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": true,
              "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "{{padding}}", "unk_token": "<|endoftext|>"
            }
            """);
    }

    /// <summary>Writes T5's <c>tokenizer.json</c>: SentencePiece unigrams.</summary>
    public static void WriteT5(NanoFolder folder, string path)
    {
        object[][] vocabulary = [["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["\u2581", -2.0], .. Letters().Select(letter => (object[])[letter, -4.0])];
        folder.WriteText($"{path}/tokenizer.json", JsonSerializer.Serialize(
            new
            {
                version = "1.0",
                added_tokens = Special("<pad>", "</s>", "<unk>"),
                pre_tokenizer = new { type = "Metaspace", replacement = "\u2581", add_prefix_space = true },
                model = new { type = "Unigram", unk_id = 2, vocab = vocabulary },
            },
            Json));
    }

    /// <summary>Writes LLaMA's <c>tokenizer.json</c>: pairs of bytes and characters, of which there are none longer than one.</summary>
    public static void WriteLlama(NanoFolder folder, string path)
    {
        var words = new List<string> { "<unk>", "<s>", "</s>" };
        words.AddRange(Enumerable.Range(0, ByteCount).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")));
        words.Add("\u2581");
        words.AddRange(Letters());
        folder.WriteText($"{path}/tokenizer.json", JsonSerializer.Serialize(
            new
            {
                version = "1.0",
                added_tokens = Special("<unk>", "<s>", "</s>"),
                normalizer = new { type = "Sequence", normalizers = new object[] { new { type = "Prepend", prepend = "\u2581" }, new { type = "Replace", pattern = new { String = " " }, content = "\u2581" } } },
                model = new { type = "BPE", unk_token = "<unk>", fuse_unk = true, byte_fallback = true, vocab = words.Select((word, id) => (word, id)).ToDictionary(pair => pair.word, pair => pair.id), merges = Array.Empty<string>() },
            },
            Json));
    }

    private static IEnumerable<string> Letters() => Enumerable.Range('!', '~' - '!' + 1).Select(code => ((char)code).ToString());

    private static object[] Special(params string[] words) => [.. words.Select((word, id) => (object)new { id, content = word, special = true })];

    /// <summary>GPT-2's letters for bytes: printable ones stand for themselves, the others for letters from 256 on.</summary>
    private static List<string> ByteSymbols()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xa1, 0xac - 0xa1 + 1)).Concat(Enumerable.Range(0xae, 0xff - 0xae + 1)).ToList();
        var others = Enumerable.Range(0, ByteCount).Except(printable).Select((_, index) => ByteCount + index);
        return [.. printable.Concat(others).Select(code => ((char)code).ToString())];
    }
}
