using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>Cuts a text into pieces by joining letters, as SentencePiece's byte-pair models and LLaMA's <c>tokenizer.json</c> do.</summary>
internal sealed class BytePairEncoder
{
    private readonly SentencePieceModel model;
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private readonly string[] userDefined;

    public BytePairEncoder(SentencePieceModel model)
    {
        this.model = model;
        ids = model.Pieces.Select((piece, id) => (piece, id))
            .Where(entry => entry.piece.Kind is PieceKind.Normal or PieceKind.UserDefined or PieceKind.Unused)
            .ToDictionary(entry => entry.piece.Text, entry => entry.id, StringComparer.Ordinal);
        bySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        userDefined = [.. model.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined).Select(piece => piece.Text).OrderByDescending(text => text.Length)];
    }

    /// <summary>Cuts a text into pieces.</summary>
    /// <returns>Start, length and id of each, in order.</returns>
    public List<(int Start, int Length, int Id)> Encode(string text)
    {
        var starts = new List<int>();
        var frozen = new HashSet<int>();
        for (var start = 0; start < text.Length;)
        {
            starts.Add(start);
            var own = userDefined.FirstOrDefault(piece => string.CompareOrdinal(text, start, piece, 0, piece.Length) == 0);
            if (own is not null)
                frozen.Add(starts.Count - 1);
            Rune.DecodeFromUtf16(text.AsSpan(start), out _, out var count);
            start += own?.Length ?? count;
        }

        // Unused pieces only help to build others; where one is left, it is taken apart again.
        var origins = new Dictionary<string, int>(StringComparer.Ordinal);
        var result = new List<(int, int, int)>();
        foreach (var (start, length) in BytePairMerger.Merge(text, starts, frozen, Priority))
            Resolve(text, start, length, origins, result);
        return result;

        double? Priority(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
        {
            if (model.Rules.Merges is { } merges)
                return merges.Priority(left, right);
            var length = left.Length + right.Length;
            if (length > TokenizerFile.MaxPieceLength)
                return null;
            Span<char> joined = stackalloc char[length];
            left.CopyTo(joined);
            right.CopyTo(joined[left.Length..]);
            if (!bySpan.TryGetValue(joined, out var id))
                return null;
            if (model.Pieces[id].Kind == PieceKind.Unused)
                origins[joined.ToString()] = left.Length;
            return model.Pieces[id].Score;
        }
    }

    private void Resolve(string text, int start, int length, Dictionary<string, int> origins, List<(int Start, int Length, int Id)> result)
    {
        var id = bySpan.TryGetValue(text.AsSpan(start, length), out var found) ? found : model.UnknownId;
        if (model.Pieces[id].Kind == PieceKind.Unused && origins.TryGetValue(text.Substring(start, length), out var left))
        {
            Resolve(text, start, left, origins, result);
            Resolve(text, start + left, length - left, origins, result);
            return;
        }

        result.Add((start, length, id));
    }
}
