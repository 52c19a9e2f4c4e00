namespace Darkroom.Models.Tokenizers;

/// <summary>Joins neighbouring symbols, the best pair first, until no pair of the vocabulary is left.</summary>
/// <remarks>
/// Sennrich et al. 2016, arXiv:1508.07909, algorithm 1, with a queue: n log n for a text of n characters. Of equally good
/// pairs the leftmost goes first.
/// </remarks>
internal static class BytePairMerger
{
    /// <summary>Tells how good it is to join two neighbouring pieces of text: greater is better, null is never.</summary>
    public delegate double? PairPriority(ReadOnlySpan<char> left, ReadOnlySpan<char> right);

    /// <summary>Joins symbols.</summary>
    /// <param name="text">The text.</param>
    /// <param name="starts">Where each first symbol starts, ascending from 0.</param>
    /// <param name="frozen">Symbols that are never joined, by index; or null.</param>
    /// <param name="priority">The vocabulary.</param>
    /// <returns>Start and length of each symbol that is left, in order.</returns>
    public static List<(int Start, int Length)> Merge(string text, IReadOnlyList<int> starts, IReadOnlySet<int>? frozen, PairPriority priority)
    {
        var count = starts.Count;
        var (lengths, before, after) = (new int[count], new int[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            lengths[i] = (i + 1 < count ? starts[i + 1] : text.Length) - starts[i];
            before[i] = i - 1;
            after[i] = i + 1 < count ? i + 1 : -1;
        }

        var queue = new PriorityQueue<(int Left, int Right, int Length), (double Priority, int Left)>(BestThenLeftmost.Instance);
        for (var i = 0; i + 1 < count; i++)
            Offer(i, i + 1);
        while (queue.TryDequeue(out var pair, out _))
        {
            // A symbol that was joined since has length 0 or has grown.
            if (lengths[pair.Left] == 0 || lengths[pair.Right] == 0 || lengths[pair.Left] + lengths[pair.Right] != pair.Length)
                continue;
            lengths[pair.Left] = pair.Length;
            lengths[pair.Right] = 0;
            after[pair.Left] = after[pair.Right];
            if (after[pair.Right] >= 0)
                before[after[pair.Right]] = pair.Left;
            Offer(before[pair.Left], pair.Left);
            Offer(pair.Left, after[pair.Left]);
        }

        var result = new List<(int, int)>();
        for (var i = count > 0 ? 0 : -1; i >= 0; i = after[i])
            result.Add((starts[i], lengths[i]));
        return result;

        void Offer(int left, int right)
        {
            if (left < 0 || right < 0 || frozen?.Contains(left) == true || frozen?.Contains(right) == true)
                return;
            var value = priority(text.AsSpan(starts[left], lengths[left]), text.AsSpan(starts[right], lengths[right]));
            if (value is { } found)
                queue.Enqueue((left, right, lengths[left] + lengths[right]), (found, left));
        }
    }

    private sealed class BestThenLeftmost : IComparer<(double Priority, int Left)>
    {
        public static readonly BestThenLeftmost Instance = new();

        public int Compare((double Priority, int Left) x, (double Priority, int Left) y)
        {
            var order = y.Priority.CompareTo(x.Priority);
            return order != 0 ? order : x.Left.CompareTo(y.Left);
        }
    }
}
