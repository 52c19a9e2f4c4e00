using System.Buffers;
using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>Finds the likeliest pieces of a text: the best path through all ways to cut it.</summary>
/// <remarks>
/// Kudo 2018, arXiv:1804.10959, section 3.2 (Viterbi). Scores are added in float32 and ties keep what came first, as in
/// SentencePiece, so that equally good paths give its choice.
/// </remarks>
internal sealed class UnigramEncoder
{
    private const float UnknownPenalty = 10;
    private const double UserDefinedMalus = 0.1;

    private readonly int unknownId;
    private readonly float unknownScore;
    private readonly string[] texts;
    private readonly (int Id, double Score)[] entries;

    public UnigramEncoder(SentencePieceModel model)
    {
        unknownId = model.UnknownId;
        var normal = model.Pieces.Where(piece => piece.Kind == PieceKind.Normal).Select(piece => piece.Score).DefaultIfEmpty(0).ToList();
        var (least, most) = (normal.Min(), normal.Max());
        unknownScore = least - UnknownPenalty;

        var found = model.Pieces.Select((piece, id) => (piece, id))
            .Where(entry => entry.piece.Kind is PieceKind.Normal or PieceKind.UserDefined)
            .OrderBy(entry => entry.piece.Text, StringComparer.Ordinal).ToList();
        texts = [.. found.Select(entry => entry.piece.Text)];
        // What a user defined is always chosen: it scores better than its letters ever could.
        entries = [.. found.Select(entry => (entry.id, entry.piece.Kind == PieceKind.UserDefined
            ? (Encoding.UTF8.GetByteCount(entry.piece.Text) * most) - UserDefinedMalus
            : entry.piece.Score))];
    }

    /// <summary>Cuts a text into pieces.</summary>
    /// <returns>Start, length and id of each, in order.</returns>
    public List<(int Start, int Length, int Id)> Encode(string text)
    {
        var best = new (float Score, int Start, int Id)[text.Length + 1];
        Array.Fill(best, (0, -1, unknownId));
        for (var start = 0; start < text.Length;)
        {
            var runeLength = Rune.DecodeFromUtf16(text.AsSpan(start), out _, out var count) == OperationStatus.Done ? count : 1;
            var hasRune = false;
            // The pieces that start with text[start..end] are a shrinking range of the sorted list.
            var (low, high) = (0, texts.Length);
            for (var end = start + 1; end <= text.Length; end++)
            {
                (low, high) = Narrow(low, high, end - start - 1, text[end - 1]);
                if (low == high)
                    break;
                if (texts[low].Length != end - start)
                    continue;
                Offer(start, end, best[start].Score + entries[low].Score, entries[low].Id);
                hasRune |= end - start == runeLength;
            }

            if (!hasRune)
                Offer(start, start + runeLength, best[start].Score + unknownScore, unknownId);
            start += runeLength;
        }

        var result = new List<(int, int, int)>();
        for (var end = text.Length; end > 0; end = best[end].Start)
            result.Add((best[end].Start, end - best[end].Start, best[end].Id));
        result.Reverse();
        return result;

        void Offer(int start, int end, double score, int id)
        {
            if (best[end].Start < 0 || score > best[end].Score)
                best[end] = ((float)score, start, id);
        }
    }

    // The part of a range whose letter at an index is the wanted one; shorter pieces stand before longer ones.
    private (int Low, int High) Narrow(int low, int high, int index, char letter)
    {
        return (Bound(low, high, false), Bound(low, high, true));

        int Bound(int from, int to, bool after)
        {
            while (from < to)
            {
                var middle = (from + to) / 2;
                var here = index < texts[middle].Length ? texts[middle][index] : -1;
                if (here < letter || (after && here == letter))
                    from = middle + 1;
                else
                    to = middle;
            }

            return from;
        }
    }
}
