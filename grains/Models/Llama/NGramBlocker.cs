namespace Darkroom.Models.Llama;

/// <summary>Finds the tokens that would repeat a run of n tokens.</summary>
/// <remarks>Paulus et al. 2017, arXiv:1705.04304, section 2.5; as transformers' <c>no_repeat_ngram_size</c>, so the prompt counts too.</remarks>
public static class NGramBlocker
{
    /// <summary>The tokens that must not come next.</summary>
    /// <param name="tokens">The sequence so far, with the prompt.</param>
    /// <param name="size">n, at least 1.</param>
    /// <returns>Each token that once followed the last n - 1 tokens.</returns>
    public static IReadOnlySet<long> Blocked(IReadOnlyList<long> tokens, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var blocked = new HashSet<long>();
        var context = size - 1;
        var last = tokens.Count - context;                                      // where the last n - 1 tokens begin
        for (var start = 0; start < last; start++)
        {
            var same = true;
            for (var i = 0; same && i < context; i++)
                same = tokens[start + i] == tokens[last + i];
            if (same)
                blocked.Add(tokens[start + context]);
        }

        return blocked;
    }
}
