using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>The tokenizer of T5 (unigram) and LLaMA (byte pairs, bytes for unknown letters).</summary>
/// <remarks>
/// Kudo and Richardson 2018, arXiv:1808.06226. Gives the ids of SentencePiece itself (<c>spm_encode</c>). Text is only text: a control
/// piece written out in it ("&lt;/s&gt;") is encoded letter by letter; use <see cref="EncodeWithPieces"/> for prompts that hold such pieces.
/// </remarks>
public sealed class SentencePieceTokenizer
{
    private readonly SentencePieceModel model;
    private readonly SentencePieceNormalizer normalizer;
    private readonly Func<string, List<(int Start, int Length, int Id)>> cut;

    private SentencePieceTokenizer(SentencePieceModel model)
    {
        this.model = model;
        normalizer = new SentencePieceNormalizer(model);
        cut = model.IsUnigram ? new UnigramEncoder(model).Encode : new BytePairEncoder(model).Encode;
    }

    /// <summary>Gets the number of pieces.</summary>
    public int VocabularySize => model.Pieces.Count;

    /// <summary>Gets the id that stands for what no piece covers.</summary>
    public int UnknownId => model.UnknownId;

    /// <summary>Gets the id that begins a text (<c>&lt;s&gt;</c>), or null: T5 has none.</summary>
    public int? BeginId => Find(model.Rules.BeginPiece);

    /// <summary>Gets the id that ends a text (<c>&lt;/s&gt;</c>), or null.</summary>
    public int? EndId => Find(model.Rules.EndPiece);

    /// <summary>Gets the id that fills up (<c>&lt;pad&gt;</c>), or null: LLaMA has none.</summary>
    public int? PaddingId => Find(model.Rules.PaddingPiece);

    /// <summary>Reads a SentencePiece <c>.model</c> or a <c>tokenizer.json</c>.</summary>
    /// <param name="path">The file, told apart by its name.</param>
    /// <exception cref="Checkpoints.InvalidCheckpointException">The file is damaged, too large or of another kind; the message says which.</exception>
    public static SentencePieceTokenizer Load(string path)
    {
        var bytes = TokenizerFile.Named(path, () => TokenizerFile.Read(path));
        var isJson = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        return TokenizerFile.Named(path, () => new SentencePieceTokenizer(isJson ? TokenizerJsonFile.Read(bytes) : SentencePieceFile.Read(bytes)));
    }

    /// <summary>Tells the id of a piece, of any kind.</summary>
    /// <param name="piece">Its text.</param>
    /// <returns>The id, or null.</returns>
    public int? Find(string piece) => model.Ids.TryGetValue(piece, out var id) ? id : null;

    /// <summary>Encodes a text, without begin and end.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The text is too long.</exception>
    public IReadOnlyList<int> Encode(string text)
    {
        TokenizerFile.RequireText(text);
        var normalized = normalizer.Normalize(text);
        var ids = new List<int>();
        var wasUnknown = false;
        foreach (var (start, length, id) in cut(normalized))
        {
            var isUnknown = id == model.UnknownId;
            if (isUnknown && model.ByteIds is { } byteIds)
            {
                foreach (var value in Encoding.UTF8.GetBytes(normalized.Substring(start, length)))
                    ids.Add(byteIds[value]);
            }
            else if (!isUnknown || !wasUnknown)
            {
                ids.Add(id);                                                    // a run of unknown letters is one unknown
            }

            wasUnknown = isUnknown;
        }

        return ids;
    }

    /// <summary>Encodes a prompt in which some pieces stand as such, like LLaVA's image tokens.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="pieces">Text and id of these pieces; the longest that fits is taken.</param>
    /// <returns>The ids; each part between two pieces is stripped of spaces and encoded by itself, as transformers' slow tokenizers do.</returns>
    public IReadOnlyList<int> EncodeWithPieces(string text, IReadOnlyDictionary<string, int> pieces)
    {
        TokenizerFile.RequireText(text);
        var ordered = pieces.Where(piece => piece.Key.Length > 0).OrderByDescending(piece => piece.Key.Length).ToList();
        var ids = new List<int>();
        var from = 0;
        for (var i = 0; i < text.Length;)
        {
            var found = ordered.FirstOrDefault(piece => string.CompareOrdinal(text, i, piece.Key, 0, piece.Key.Length) == 0);
            if (found.Key is null)
            {
                i++;
                continue;
            }

            ids.AddRange(Encode(from == 0 ? text[from..i].TrimEnd() : text[from..i].Trim()));
            ids.Add(found.Value);
            from = i += found.Key.Length;
        }

        ids.AddRange(Encode(from == 0 ? text : text[from..].TrimStart()));
        return ids;
    }

    /// <summary>Encodes a text to a fixed length with its end, and tells which ids are text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">Number of ids; what is too much of the text is cut off.</param>
    /// <returns>The ids (text, end, padding) and 1 where they are not padding.</returns>
    /// <exception cref="InvalidOperationException">The vocabulary has no end or no padding.</exception>
    public (long[] Ids, long[] Mask) EncodePadded(string text, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var end = EndId ?? throw new InvalidOperationException($"The vocabulary has no '{model.Rules.EndPiece}'.");
        var padding = PaddingId ?? throw new InvalidOperationException($"The vocabulary has no '{model.Rules.PaddingPiece}'.");
        var ids = Encode(text).Take(length - 1).Append(end).Select(id => (long)id).ToList();
        return ([.. ids, .. Enumerable.Repeat((long)padding, length - ids.Count)],
            [.. Enumerable.Range(0, length).Select(i => i < ids.Count ? 1L : 0)]);
    }

    /// <summary>Turns ids back into text; control pieces are left out.</summary>
    /// <param name="ids">The ids; those outside the vocabulary are left out too, as models may have more outputs than pieces.</param>
    public string Decode(IEnumerable<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (id < 0 || id >= model.Pieces.Count)
                continue;
            var piece = model.Pieces[id];
            if (piece.Kind == PieceKind.Byte || (model.ByteIds is not null && piece.Text.StartsWith("<0x", StringComparison.Ordinal) && model.ByteIds.Contains(id)))
                bytes.Add(Convert.FromHexString(piece.Text.AsSpan(3, 2))[0]);
            else if (piece.Kind == PieceKind.Unknown)
                bytes.AddRange(" \u2047 "u8);
            else if (piece.Kind != PieceKind.Control)
                bytes.AddRange(Encoding.UTF8.GetBytes(piece.Text));
        }

        var text = Encoding.UTF8.GetString([.. bytes]).Replace(SentencePieceNormalizer.VisibleSpace, ' ');
        return model.Rules.AddDummyPrefix && text.StartsWith(' ') ? text[1..] : text;
    }
}
