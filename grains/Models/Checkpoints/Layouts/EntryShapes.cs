using System.Globalization;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Reads settings off the names and shapes of a file's tensors.</summary>
internal static class EntryShapes
{
    private const long MaxSize = 1 << 20;
    private const int MaxCount = 512;

    /// <summary>One size of a tensor.</summary>
    /// <exception cref="InvalidCheckpointException">There is no such tensor, or it has not that many sizes.</exception>
    public static long Size(this IReadOnlyDictionary<string, TensorEntry> entries, string name, int dimension) =>
        entries.TryGetValue(name, out var entry) && entry.Shape.Count > dimension && entry.Shape[dimension] is > 0 and <= MaxSize
            ? entry.Shape[dimension]
            : throw new InvalidCheckpointException($"A tensor '{name}' with at least {dimension + 1} sizes of 1 to {MaxSize} is needed to know the network; this checkpoint has none.");

    /// <summary>How many tensors there are under numbered names.</summary>
    /// <param name="entries">The tensors.</param>
    /// <param name="pattern">Their name, with {0} where the number stands.</param>
    public static int Count(this IReadOnlyDictionary<string, TensorEntry> entries, string pattern)
    {
        var count = 0;
        while (count < MaxCount && entries.ContainsKey(string.Format(CultureInfo.InvariantCulture, pattern, count)))
            count++;
        return count;
    }
}
