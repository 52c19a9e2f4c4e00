using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>What a piece of a vocabulary is for.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>One piece: its text, its score (log probability, or minus its rank), its kind.</summary>
internal readonly record struct Piece(string Text, float Score, PieceKind Kind);

/// <summary>A SentencePiece vocabulary with its rules, whichever file it came from. Checked when made.</summary>
internal sealed class SentencePieceModel
{
    public SentencePieceModel(IReadOnlyList<Piece> pieces, bool isUnigram, SentencePieceRules rules)
    {
        Pieces = pieces;
        IsUnigram = isUnigram;
        Rules = rules;
        if (pieces.Count == 0 || pieces.Count > TokenizerFile.MaxPieces)
            throw new InvalidCheckpointException($"The vocabulary has {pieces.Count} pieces; 1 to {TokenizerFile.MaxPieces} are allowed.");
        var ids = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        UnknownId = -1;
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            if (piece.Text.Length is 0 or > TokenizerFile.MaxPieceLength)
                throw new InvalidCheckpointException($"Piece {id} has {piece.Text.Length} characters; 1 to {TokenizerFile.MaxPieceLength} are allowed.");
            if (!float.IsFinite(piece.Score))
                throw new InvalidCheckpointException($"The score of piece {id} is {piece.Score}.");
            if (!ids.TryAdd(piece.Text, id))
                throw new InvalidCheckpointException($"Piece {id} stands twice, also as {ids[piece.Text]}.");
            if (piece.Kind == PieceKind.Unknown && UnknownId >= 0)
                throw new InvalidCheckpointException($"Pieces {UnknownId} and {id} both stand for the unknown; one must.");
            if (piece.Kind == PieceKind.Unknown)
                UnknownId = id;
        }

        Ids = ids;
        if (UnknownId < 0)
            throw new InvalidCheckpointException("No piece stands for the unknown; one must.");
        if (rules.ByteFallback)
            ByteIds = [.. Enumerable.Range(0, 256).Select(value => ids.TryGetValue($"<0x{value:X2}>", out var id)
                ? id
                : throw new InvalidCheckpointException($"Bytes stand for unknown letters, but there is no piece <0x{value:X2}>."))];
    }

    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>All pieces by their text, of any kind.</summary>
    public IReadOnlyDictionary<string, int> Ids { get; }

    /// <summary>Whether the likeliest pieces are chosen; else neighbours are joined.</summary>
    public bool IsUnigram { get; }

    public SentencePieceRules Rules { get; }

    public int UnknownId { get; }

    /// <summary>The id of each byte, where bytes stand for unknown letters.</summary>
    public IReadOnlyList<int>? ByteIds { get; }
}

/// <summary>How text becomes what the pieces are looked up in.</summary>
internal sealed record SentencePieceRules
{
    /// <summary>Replacements of characters, compiled; empty for none.</summary>
    public byte[] CharacterMap { get; init; } = [];

    public bool AddDummyPrefix { get; init; } = true;

    public bool RemoveExtraSpaces { get; init; } = true;

    public bool EscapeSpaces { get; init; } = true;

    public bool SpaceAsSuffix { get; init; }

    public bool ByteFallback { get; init; }

    /// <summary>Ranks of merges where the file lists them; else a pair's priority is the score of the piece that it makes.</summary>
    public MergeTable? Merges { get; init; }

    public string BeginPiece { get; init; } = "<s>";

    public string EndPiece { get; init; } = "</s>";

    public string PaddingPiece { get; init; } = "<pad>";
}
