using System.Globalization;
using System.Text;

namespace Darkroom.Models.Llmra;

/// <summary>Turns a text about degradations into token ids.</summary>
/// <remarks>
/// A word of the vocabulary is one token. Another word becomes the letter trigrams of <c>^word$</c>, each hashed into one
/// of <see cref="HashBucketCount"/> tokens: a misspelled word still shares most trigrams with the right one. The
/// vocabulary is grown from the sentences that the training writes, and travels in the checkpoint.
/// </remarks>
public sealed class DegradationTokenizer
{
    /// <summary>Number of tokens that trigrams are hashed into.</summary>
    public const int HashBucketCount = 256;

    /// <summary>The id that fills a text up to its length.</summary>
    public const long PaddingId = 0;

    /// <summary>Longest text read (characters); the rest is ignored, since the network sees few tokens.</summary>
    public const int MaxTextLength = 4000;

    private const int MaxTrigramsPerWord = 6;

    private readonly Dictionary<string, long> wordIds;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="words">The vocabulary, lower case, no word twice.</param>
    public DegradationTokenizer(IReadOnlyList<string> words)
    {
        Words = words;
        wordIds = words.Select((word, index) => (word, id: 1L + HashBucketCount + index))
            .ToDictionary(pair => pair.word, pair => pair.id, StringComparer.Ordinal);
    }

    /// <summary>Gets the vocabulary.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Gets the number of different ids: padding, trigram buckets and words.</summary>
    public int VocabularySize => 1 + HashBucketCount + Words.Count;

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text; of a long one the end counts, since a dialogue's last words are the wish.</param>
    /// <param name="length">Number of ids wanted.</param>
    /// <returns>Exactly <paramref name="length"/> ids, padded at the end with <see cref="PaddingId"/>.</returns>
    public long[] Encode(string text, int length)
    {
        var ids = new List<long>();
        foreach (var word in SplitWords(text))
        {
            if (wordIds.TryGetValue(word, out var id))
                ids.Add(id);
            else
                ids.AddRange(Trigrams(word));
        }

        var kept = ids.Skip(Math.Max(0, ids.Count - length)).ToArray();
        Array.Resize(ref kept, length);                                         // PaddingId is 0
        return kept;
    }

    /// <summary>Splits a text into lower-case words and numbers; everything else separates.</summary>
    /// <param name="text">The text; only its last <see cref="MaxTextLength"/> characters are read.</param>
    public static IEnumerable<string> SplitWords(string text)
    {
        var word = new StringBuilder();
        foreach (var character in text.Skip(Math.Max(0, text.Length - MaxTextLength)))
        {
            if (char.IsLetterOrDigit(character) || character == '\'')
            {
                word.Append(char.ToLower(character, CultureInfo.InvariantCulture));
                continue;
            }

            if (word.Length > 0)
                yield return word.ToString();
            word.Clear();
        }

        if (word.Length > 0)
            yield return word.ToString();
    }

    private static IEnumerable<long> Trigrams(string word)
    {
        var framed = $"^{word}$";
        for (var start = 0; start + 3 <= framed.Length && start < MaxTrigramsPerWord; start++)
            yield return 1 + Hash(framed.AsSpan(start, 3)) % HashBucketCount;
    }

    // FNV-1a: string.GetHashCode differs from process to process.
    private static uint Hash(ReadOnlySpan<char> letters)
    {
        var hash = 2166136261u;
        foreach (var letter in letters)
            hash = (hash ^ letter) * 16777619u;
        return hash;
    }
}
