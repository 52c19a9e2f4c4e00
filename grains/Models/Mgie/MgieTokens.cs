namespace Darkroom.Models.Mgie;

/// <summary>The numbers of the tokens that MGIE adds to LLaMA's.</summary>
/// <param name="Patch">Stands where a patch of the picture goes.</param>
/// <param name="Start">Stands before the picture.</param>
/// <param name="End">Stands behind the picture.</param>
/// <param name="FirstImage">The first of the [IMG] tokens, whose numbers follow each other.</param>
public sealed record MgieTokens(long Patch, long Start, long End, long FirstImage)
{
    /// <summary>How many [IMG] tokens there are.</summary>
    public const int ImageTokenCount = 8;

    /// <summary>Gets those of the published checkpoint.</summary>
    public static MgieTokens Published { get; } = new(32000, 32001, 32002, 32003);

    /// <summary>Where the states that give the [IMG] tokens begin: one before the first of them, or, without one, nine before the end.</summary>
    /// <param name="sequence">Prompt and answer.</param>
    /// <param name="stateCount">How many states there are.</param>
    /// <exception cref="InvalidOperationException">There are too few.</exception>
    public long FirstPosition(IReadOnlyList<long> sequence, long stateCount)
    {
        var last = stateCount - ImageTokenCount - 1;
        if (last < 0)
            throw new InvalidOperationException($"There are {stateCount} hidden states; the edit head needs at least {ImageTokenCount + 1}.");
        for (var i = 1; i < sequence.Count; i++)
        {
            if (sequence[i] == FirstImage)
                return Math.Min(i - 1, last);
        }

        return last;
    }
}
