using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;

namespace Darkroom.Client;

/// <summary>What came of restoring a picture in rounds.</summary>
/// <param name="Rounds">The rounds, each with a version of its own; all grow from the version that the first one began with.</param>
/// <param name="Instructions">What steered each round: its message, and from the second on the description of the round before.</param>
/// <param name="IsSettled">Whether the description stopped changing.</param>
public sealed record IterativeRestoration(IReadOnlyList<Restoration> Rounds, IReadOnlyList<string> Instructions, bool IsSettled)
{
    /// <summary>The largest number of rounds that is accepted.</summary>
    public const int MaxRounds = 20;

    private const string Question = "Describe the image.";

    /// <summary>Restores, describes the result, and restores the same picture again by that description.</summary>
    /// <remarks>
    /// VLM-IMI's iterative instructions (Sun et al. 2025, section 3.3, Algorithm 2): nobody can describe what the dark picture would
    /// show in good light, but the enhanced one can be described. The words of the user steer the first round only.
    /// </remarks>
    /// <param name="session">The session; its current version is the picture, and afterwards the last round's result.</param>
    /// <param name="rounds">At most so many rounds, 1 to <see cref="MaxRounds"/>; fewer when the description stops changing.</param>
    /// <param name="message">The command of the first round.</param>
    /// <param name="settings">Settings of every round; the defaults if null.</param>
    /// <param name="progress">Makes what hears how far a round is, given its number from 1; may be null.</param>
    /// <param name="cancellationToken">Cancels the round under way.</param>
    /// <exception cref="InvalidRequestException">The number is out of range, or nobody can describe the result.</exception>
    public static async Task<IterativeRestoration> RunAsync(
        RestorationSession session,
        int rounds,
        string message = "<restore>",
        RestorationSettings? settings = null,
        Func<int, IProgress<RunProgress>?>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (rounds is < 1 or > MaxRounds)
            throw new InvalidRequestException($"{rounds} rounds were asked for; allowed are 1 to {MaxRounds}.");
        var origin = (await session.GetAsync(cancellationToken).ConfigureAwait(false)).CurrentVersionId;
        var (done, instructions) = (new List<Restoration>(), new List<string> { message });
        string? before = null;
        while (true)
        {
            var round = await session.RestoreAsync(message, settings, progress?.Invoke(done.Count + 1), cancellationToken).ConfigureAwait(false);
            done.Add(round);
            if (round.Run is not { Stage: RunStage.Completed } run || done.Count == rounds)
                return new IterativeRestoration(done, instructions, IsSettled: false);
            before ??= run.Instruction?.Trim();
            var seen = await DescribeAsync(session, cancellationToken).ConfigureAwait(false);
            if (seen == before)
                return new IterativeRestoration(done, instructions, IsSettled: true);
            await session.CheckoutAsync(origin, cancellationToken).ConfigureAwait(false);
            before = seen;
            instructions.Add(seen);
            message = $"<refine> {seen}";
        }
    }

    private static async Task<string> DescribeAsync(RestorationSession session, CancellationToken cancellationToken)
    {
        var reply = await session.SendAsync(Question, cancellationToken: cancellationToken).ConfigureAwait(false);
        // Angle brackets would be read as a command.
        return reply.Description is { } seen
            ? seen.Replace('<', '(').Replace('>', ')').Trim()
            : throw new InvalidRequestException($"The result of a round cannot be described, so there is no further one: {reply.Answer}");
    }
}
