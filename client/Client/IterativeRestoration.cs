using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Client;

/// <summary>What came of restoring a picture in rounds: restore, describe the result, restore the same picture again by that description.</summary>
/// <remarks>The session drives them and goes on whether anybody watches or not; here they are followed.</remarks>
/// <param name="Rounds">The rounds, each with a version of its own; all grow from the version that the first one began with.</param>
/// <param name="Instructions">What steered each round: its message, and from the second on the description of the round before.</param>
/// <param name="IsSettled">Whether the description stopped changing.</param>
/// <param name="Ending">Why there was no further round; null if only one was asked for.</param>
public sealed record IterativeRestoration(IReadOnlyList<Restoration> Rounds, IReadOnlyList<string> Instructions, bool IsSettled, string? Ending = null)
{
    /// <summary>The largest number of rounds that is accepted.</summary>
    public const int MaxRounds = SessionMessage.MaxRounds;
    /// <summary>Asks for rounds and waits for their end.</summary>
    /// <param name="session">The session; its current version is the picture, and afterwards the last round's result.</param>
    /// <param name="rounds">At most so many rounds, 1 to <see cref="MaxRounds"/>; fewer when the description stops changing.</param>
    /// <param name="message">The command of the first round; its words steer that one only.</param>
    /// <param name="settings">Settings of every round; the defaults if null.</param>
    /// <param name="progress">Makes what hears how far a round is, given its number from 1; may be null.</param>
    /// <param name="cancellationToken">Cancels the round under way, and those after it.</param>
    /// <exception cref="InvalidRequestException">The number or the settings are out of range.</exception>
    public static async Task<IterativeRestoration> RunAsync(
        RestorationSession session,
        int rounds,
        string message = "<restore>",
        RestorationSettings? settings = null,
        Func<int, IProgress<RunProgress>?>? progress = null,
        CancellationToken cancellationToken = default) =>
        await FollowAsync(
            session, await session.SendAsync(message, settings, rounds: rounds, cancellationToken: cancellationToken).ConfigureAwait(false), message, progress, cancellationToken).ConfigureAwait(false);

    /// <summary>Follows what a message started, a run or rounds, to its end.</summary>
    /// <param name="session">The session.</param>
    /// <param name="reply">The answer to the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="progress">Makes what hears how far a round is, given its number from 1; may be null.</param>
    /// <param name="cancellationToken">Cancels the round under way, and those after it.</param>
    public static Task<IterativeRestoration> FollowAsync(
        RestorationSession session, TurnReply reply, string message, Func<int, IProgress<RunProgress>?>? progress = null, CancellationToken cancellationToken = default) =>
        FollowAsync(
            new RoundCalls(session.EventsAsync, session.WaitAsync, (run, stop) => reply.Rounds == 1 ? session.CancelAsync(run, stop) : session.CancelAsync(stop)),
            reply, message, progress, cancellationToken);

    /// <summary>As <see cref="FollowAsync(RestorationSession, TurnReply, string, Func{int, IProgress{RunProgress}}, CancellationToken)"/>, of a session that is reached in another way.</summary>
    /// <param name="calls">The way to the session.</param>
    /// <param name="reply">The answer to the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="progress">Makes what hears how far a round is, given its number from 1; may be null.</param>
    /// <param name="cancellationToken">Cancels the round under way, and those after it.</param>
    public static async Task<IterativeRestoration> FollowAsync(
        RoundCalls calls, TurnReply reply, string message, Func<int, IProgress<RunProgress>?>? progress = null, CancellationToken cancellationToken = default)
    {
        if (reply.RunId is not { } first)
            return new IterativeRestoration([new Restoration(reply, null)], [message], IsSettled: false);
        var (done, instructions, current) = (new List<Restoration>(), new List<string>(), first);
        try
        {
            if (reply.Rounds == 1)
            {
                var run = await calls.WaitAsync(first, progress?.Invoke(1), cancellationToken).ConfigureAwait(false);
                return new IterativeRestoration([new Restoration(reply, run)], [message], IsSettled: false);
            }

            await foreach (var happened in calls.EventsAsync(reply.Sequence, cancellationToken).ConfigureAwait(false))
            {
                if (happened.TurnId != reply.TurnId)
                    continue;
                if (happened.Kind is SessionEventKind.RoundsEnded or SessionEventKind.RoundsSettled)
                    return new IterativeRestoration(done, instructions, happened.Kind == SessionEventKind.RoundsSettled, happened.Answer);
                if (happened is not { Kind: SessionEventKind.RunStarted, RunId: { } runId, Version: { } version })
                    continue;
                current = runId;
                var run = await calls.WaitAsync(runId, progress?.Invoke(done.Count + 1), cancellationToken).ConfigureAwait(false);
                done.Add(new Restoration(reply with { Answer = happened.Answer ?? string.Empty, RunId = runId, VersionId = version.Id, Sequence = happened.Sequence }, run));
                instructions.Add(version.Round is { Number: > 1 } ? version.Instruction : message);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await calls.CancelAsync(current, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        throw new OperationCanceledException(cancellationToken);
    }
}

/// <summary>What following rounds needs of a session.</summary>
/// <param name="EventsAsync">Streams the session's events from a sequence number on.</param>
/// <param name="WaitAsync">Waits for the end of a run, and tells how far it is.</param>
/// <param name="CancelAsync">Cancels a run, and with it the rounds that would follow.</param>
public sealed record RoundCalls(
    Func<long, CancellationToken, IAsyncEnumerable<SessionEvent>> EventsAsync,
    Func<string, IProgress<RunProgress>?, CancellationToken, Task<RunStatus>> WaitAsync,
    Func<string, CancellationToken, Task> CancelAsync);
