using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>A list of merges, best first, as in <c>merges.txt</c> and <c>tokenizer.json</c>.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<string, int> ranks;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    /// <param name="merges">The two parts with one space between them.</param>
    public MergeTable(IReadOnlyList<string> merges)
    {
        if (merges.Count > TokenizerFile.MaxPieces)
            throw new InvalidCheckpointException($"There are {merges.Count} merges; at most {TokenizerFile.MaxPieces} are allowed.");
        ranks = new Dictionary<string, int>(merges.Count, StringComparer.Ordinal);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var merge = merges[rank];
            var space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == merge.Length - 1 || merge.IndexOf(' ', space + 1) >= 0 || merge.Length > TokenizerFile.MaxPieceLength)
                throw new InvalidCheckpointException($"Merge {rank} is '{Short(merge)}'; two parts with one space between them are needed.");
            ranks.TryAdd(merge, rank);
        }

        bySpan = ranks.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public double? Priority(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var length = left.Length + 1 + right.Length;
        if (length > TokenizerFile.MaxPieceLength)
            return null;
        Span<char> key = stackalloc char[length];
        left.CopyTo(key);
        key[left.Length] = ' ';
        right.CopyTo(key[(left.Length + 1)..]);
        return bySpan.TryGetValue(key, out var rank) ? -rank : null;
    }

    /// <summary>Reads the merges of a <c>tokenizer.json</c>: texts, or pairs of texts.</summary>
    public static List<string> ReadJson(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw new InvalidCheckpointException($"model.merges is {list.ValueKind}; a list is needed.");
        var merges = new List<string>(Math.Min(list.GetArrayLength(), TokenizerFile.MaxPieces));
        foreach (var merge in list.EnumerateArray())
        {
            merges.Add(merge switch
            {
                { ValueKind: JsonValueKind.String } => merge.GetString()!,
                { ValueKind: JsonValueKind.Array } when merge.GetArrayLength() == 2
                    && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String => $"{merge[0].GetString()} {merge[1].GetString()}",
                _ => throw new InvalidCheckpointException($"Merge {merges.Count} is {merge.ValueKind}; a text or a pair of texts is needed."),
            });
        }

        return merges;
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
