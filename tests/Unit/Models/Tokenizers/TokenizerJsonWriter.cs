using System.Text.Json;
using Darkroom.Models.Tokenizers;

namespace Darkroom.Tests.Unit.Models.Tokenizers;

/// <summary>Writes a SentencePiece model as the <c>tokenizer.json</c> that transformers makes of T5's and LLaMA's models.</summary>
internal static class TokenizerJsonWriter
{
    private const string Space = "\u2581";

    public static byte[] Write(SentencePieceModel model)
    {
        object normalizer = model.IsUnigram
            ? new { type = "Precompiled", precompiled_charsmap = Convert.ToBase64String(model.Rules.CharacterMap) }
            : new { type = "Sequence", normalizers = new object[] { new { type = "Prepend", prepend = Space }, new { type = "Replace", pattern = new { String = " " }, content = Space } } };
        object? preTokenizer = model.IsUnigram
            ? new { type = "Sequence", pretokenizers = new object[] { new { type = "WhitespaceSplit" }, new { type = "Metaspace", replacement = Space, add_prefix_space = true } } }
            : null;
        var special = model.Pieces.Where(piece => piece.Kind is PieceKind.Control or PieceKind.Unknown).Select(piece => new { content = piece.Text, special = true });
        return JsonSerializer.SerializeToUtf8Bytes(new { added_tokens = special, normalizer, pre_tokenizer = preTokenizer, model = Model(model) });
    }

    private static object Model(SentencePieceModel model) => model.IsUnigram
        ? new { type = "Unigram", unk_id = model.UnknownId, vocab = model.Pieces.Select(piece => new object[] { piece.Text, piece.Score }) }
        : new
        {
            type = "BPE",
            unk_token = model.Pieces[model.UnknownId].Text,
            byte_fallback = model.Rules.ByteFallback,
            vocab = model.Ids.OrderBy(entry => entry.Value).ToDictionary(entry => entry.Key, entry => entry.Value),
            merges = Merges(model),
        };

    // Every way to make a piece of two others, best piece first.
    private static IEnumerable<string> Merges(SentencePieceModel model) =>
        from entry in model.Pieces.Select((piece, id) => (piece, id))
        where entry.piece.Kind == PieceKind.Normal && entry.piece.Text.Length > 1
        orderby entry.piece.Score descending
        from cut in Enumerable.Range(1, entry.piece.Text.Length - 1)
        where IsNormal(model, entry.piece.Text[..cut]) && IsNormal(model, entry.piece.Text[cut..])
        select $"{entry.piece.Text[..cut]} {entry.piece.Text[cut..]}";

    private static bool IsNormal(SentencePieceModel model, string text) =>
        model.Ids.TryGetValue(text, out var id) && model.Pieces[id].Kind == PieceKind.Normal;
}
