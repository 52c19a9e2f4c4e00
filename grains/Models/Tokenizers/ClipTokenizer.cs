using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>CLIP's byte-pair tokenizer: text to the ids that CLIP's and Stable Diffusion's text encoders were trained with.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020, section 2.4; <c>simple_tokenizer.py</c> of openai/CLIP, whose ids it gives.</remarks>
public sealed class ClipTokenizer
{
    /// <summary>Ids that CLIP's text encoder takes.</summary>
    public const int ContextLength = 77;

    private readonly ClipVocabulary vocabulary;

    private ClipTokenizer(ClipVocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        StartId = vocabulary.Ids[ClipVocabulary.StartToken];
        EndId = vocabulary.Ids[ClipVocabulary.EndToken];
    }

    /// <summary>Gets the id that every text starts with.</summary>
    public int StartId { get; }

    /// <summary>Gets the id that ends a text; the encoder's pooled output stands at its first place.</summary>
    public int EndId { get; }

    /// <summary>Gets the number of pieces.</summary>
    public int VocabularySize => vocabulary.Ids.Count;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path"><c>bpe_simple_vocab_16e6.txt</c> (also <c>.gz</c>), <c>merges.txt</c>, <c>tokenizer.json</c>, or a folder with one of them.</param>
    /// <exception cref="Checkpoints.InvalidCheckpointException">The file is not a sound vocabulary; the message says why.</exception>
    public static ClipTokenizer Load(string path) => new(ClipVocabulary.Load(path));

    /// <summary>Encodes a text without start and end.</summary>
    /// <param name="text">The text; it is cleaned and put in lower case first.</param>
    /// <exception cref="ArgumentException">The text is too long.</exception>
    public IReadOnlyList<int> Encode(string text)
    {
        TokenizerFile.RequireText(text);
        var ids = new List<int>();
        foreach (var word in ClipWords.Split(ClipText.Clean(text)))
        {
            if (word is ClipVocabulary.StartToken or ClipVocabulary.EndToken)
                ids.Add(vocabulary.Ids[word]);
            else
                EncodeWord(word, ids);
        }

        return ids;
    }

    /// <summary>Encodes a text as the encoder takes it: start, text, end, padding; what is too much of the text is cut off.</summary>
    /// <param name="text">The text.</param>
    /// <param name="paddingId">Stable Diffusion 1 pads with <see cref="EndId"/> (null), Stable Diffusion 2 and OpenAI's CLIP with 0.</param>
    /// <param name="length">Number of ids.</param>
    /// <returns>Exactly <paramref name="length"/> ids.</returns>
    public long[] EncodePadded(string text, int? paddingId = null, int length = ContextLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var ids = Encode(text);
        var result = new long[length];
        Array.Fill(result, paddingId ?? EndId);
        var count = Math.Min(ids.Count, length - 2);
        result[0] = StartId;
        for (var i = 0; i < count; i++)
            result[i + 1] = ids[i];
        result[count + 1] = EndId;
        return result;
    }

    private void EncodeWord(string word, List<int> ids)
    {
        var letters = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(word))
            letters.Append(ClipVocabulary.ByteLetters[value]);
        var starts = Enumerable.Range(0, letters.Length).ToList();
        var text = letters.Append(ClipVocabulary.EndOfWord).ToString();          // the last symbol is its letter with the mark
        foreach (var (start, length) in BytePairMerger.Merge(text, starts, null, vocabulary.Merges.Priority))
            ids.Add(vocabulary.Ids[text.Substring(start, length)]);
    }
}
