using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>Reads the <c>tokenizer.json</c> of T5 (Unigram) and LLaMA (BPE with byte fallback).</summary>
/// <remarks>Its chain of steps is recognised as the SentencePiece rules that it was converted from; another chain is refused.</remarks>
internal static class TokenizerJsonFile
{
    private const string Space = "\u2581";

    public static SentencePieceModel Read(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        var root = document.RootElement;
        var model = JsonMembers.Object(root, "model");
        var rules = new SentencePieceRules { AddDummyPrefix = false, RemoveExtraSpaces = false };
        foreach (var step in Steps(root, "normalizer", "normalizers").Concat(Steps(root, "pre_tokenizer", "pretokenizers")))
            rules = Apply(rules, step);

        var special = SpecialPieces(root);
        // Early files leave the type out.
        var type = JsonMembers.Optional(model, "type") is { ValueKind: JsonValueKind.String } named ? named.GetString()! : "";
        return type switch
        {
            "Unigram" => Unigram(model, rules, special),
            "BPE" => BytePairs(model, rules, special),
            _ => throw new InvalidCheckpointException($"model.type is '{type}'; Unigram and BPE are offered."),
        };
    }

    private static SentencePieceModel Unigram(JsonElement model, SentencePieceRules rules, HashSet<string> special)
    {
        var list = JsonMembers.Get(model, "vocab");
        var unknown = JsonMembers.Get(model, "unk_id");
        if (list.ValueKind != JsonValueKind.Array || unknown.ValueKind != JsonValueKind.Number || !unknown.TryGetInt32(out var unknownId))
            throw new InvalidCheckpointException("A Unigram model needs a list 'vocab' and a number 'unk_id'.");
        if (list.GetArrayLength() > TokenizerFile.MaxPieces)
            throw new InvalidCheckpointException($"The vocabulary has {list.GetArrayLength()} pieces; at most {TokenizerFile.MaxPieces} are allowed.");
        var pieces = new List<Piece>(list.GetArrayLength());
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.String
                || entry[1].ValueKind != JsonValueKind.Number || !entry[1].TryGetSingle(out var score))
            {
                throw new InvalidCheckpointException($"Entry {pieces.Count} of the vocabulary is not a pair of text and score.");
            }

            pieces.Add(new Piece(entry[0].GetString()!, score, Kind(entry[0].GetString()!, pieces.Count == unknownId, special, rules.ByteFallback)));
        }

        return new SentencePieceModel(pieces, true, rules with { ByteFallback = JsonMembers.Flag(model, "byte_fallback") });
    }

    private static SentencePieceModel BytePairs(JsonElement model, SentencePieceRules rules, HashSet<string> special)
    {
        var ids = JsonMembers.Ids(JsonMembers.Object(model, "vocab"));
        var unknown = JsonMembers.Text(model, "unk_token");
        var byteFallback = JsonMembers.Flag(model, "byte_fallback");
        var pieces = new Piece[ids.Count];
        foreach (var (text, id) in ids)
        {
            if (id >= pieces.Length)
                throw new InvalidCheckpointException($"The vocabulary has {ids.Count} pieces, but one has the id {id}.");
            pieces[id] = new Piece(text, 0, Kind(text, text == unknown, special, byteFallback));
        }

        return new SentencePieceModel(pieces, false, rules with
        {
            ByteFallback = byteFallback,
            Merges = new MergeTable(MergeTable.ReadJson(JsonMembers.Get(model, "merges"))),
        });
    }

    private static PieceKind Kind(string text, bool isUnknown, HashSet<string> special, bool byteFallback) =>
        isUnknown ? PieceKind.Unknown
        : special.Contains(text) ? PieceKind.Control
        : byteFallback && text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) ? PieceKind.Byte
        : PieceKind.Normal;

    private static HashSet<string> SpecialPieces(JsonElement root)
    {
        var special = new HashSet<string>(StringComparer.Ordinal);
        if (JsonMembers.Optional(root, "added_tokens") is not { ValueKind: JsonValueKind.Array } list)
            return special;
        foreach (var token in list.EnumerateArray())
        {
            if (JsonMembers.Flag(token, "special"))
                special.Add(JsonMembers.Text(token, "content"));
        }

        return special;
    }

    private static List<JsonElement> Steps(JsonElement root, string name, string list)
    {
        if (JsonMembers.Optional(root, name) is not { } step)
            return [];
        if (JsonMembers.Text(step, "type") != "Sequence")
            return [step];
        var steps = JsonMembers.Get(step, list);
        return steps.ValueKind == JsonValueKind.Array ? [.. steps.EnumerateArray()] : throw new InvalidCheckpointException($"{name}.{list} is not a list.");
    }

    private static SentencePieceRules Apply(SentencePieceRules rules, JsonElement step)
    {
        var type = JsonMembers.Text(step, "type");
        switch (type)
        {
            case "Precompiled":
                return rules with { CharacterMap = Base64(step) };
            case "Prepend" when JsonMembers.Text(step, "prepend") == Space:
                return rules with { AddDummyPrefix = true };
            case "Replace" when JsonMembers.Text(step, "content") is Space or " ":
                var pattern = JsonMembers.Object(step, "pattern");
                var collapses = JsonMembers.Optional(pattern, "Regex") is { ValueKind: JsonValueKind.String } regex && regex.GetString() is " {2,}" or @" +";
                var escapes = JsonMembers.Optional(pattern, "String") is { ValueKind: JsonValueKind.String } text && text.GetString() == " ";
                if (collapses || escapes)
                    return rules with { RemoveExtraSpaces = rules.RemoveExtraSpaces || collapses };
                break;
            case "WhitespaceSplit":
                return rules with { RemoveExtraSpaces = true };
            case "Strip":
                return rules;
            case "Metaspace" when JsonMembers.Text(step, "replacement") == Space:
                var never = JsonMembers.Optional(step, "prepend_scheme") is { ValueKind: JsonValueKind.String } scheme
                    ? scheme.GetString() == "never"
                    : !JsonMembers.Flag(step, "add_prefix_space");
                return rules with { AddDummyPrefix = rules.AddDummyPrefix || !never };
        }

        throw new InvalidCheckpointException($"The step '{type}' is not one of SentencePiece's; the tokenizer.json of T5 and LLaMA have Precompiled, Prepend, Replace, WhitespaceSplit, Strip and Metaspace.");
    }

    private static byte[] Base64(JsonElement step) =>
        JsonMembers.Get(step, "precompiled_charsmap") is { ValueKind: JsonValueKind.String } text && text.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw new InvalidCheckpointException("precompiled_charsmap is not base64.");
}
