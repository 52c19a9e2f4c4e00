using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>What is to be done about a message.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Answer">What the assistant says.</param>
/// <param name="Kind">The command of the run to start, or null.</param>
/// <param name="Words">The words that go with the command.</param>
/// <param name="Describes">Whether the answer is to be made of the describer's sentences.</param>
/// <param name="Replay">The version to make again, or null.</param>
/// <param name="Rounds">How many rounds, at most.</param>
internal sealed record TurnPlan(
    TurnOutcome Outcome, string Answer, RunKind? Kind = null, string Words = "", bool Describes = false, VersionReplay? Replay = null, int Rounds = 1);

/// <summary>A version to be made again.</summary>
/// <param name="Version">The version.</param>
/// <param name="Settings">The settings to make it with.</param>
internal sealed record VersionReplay(SessionVersion Version, RestorationSettings Settings);

/// <summary>Decides what to do about a message; no device and no state is touched.</summary>
internal static class SessionTurns
{
    /// <summary>Plans a turn.</summary>
    /// <param name="message">What the user said.</param>
    /// <param name="history">The session so far.</param>
    /// <param name="options">The limits.</param>
    public static TurnPlan Plan(SessionMessage message, SessionHistory history, SessionOptions options)
    {
        var parsed = MessageParser.Parse(message.Text, options.MaxMessageLength);
        if (parsed.Kind == MessageKind.TooLong)
            return Refuse($"The message has {message.Text.Length} characters; at most {options.MaxMessageLength} are allowed ({SessionOptions.SectionName}:{nameof(SessionOptions.MaxMessageLength)}).");
        if (TooMany(history, options) is { } reason)
            return Refuse(reason);
        var rounds = Math.Max(parsed.Rounds, message.Rounds);
        return parsed.Kind switch
        {
            MessageKind.BadRounds => Refuse(Dialogue.BadRounds),
            MessageKind.Empty => Refuse(Dialogue.Help),
            MessageKind.Ambiguous => Refuse(Dialogue.OneCommand),
            MessageKind.Restore => Command(history, options, RunKind.Restore, parsed.Words, Dialogue.Restored, rounds),
            MessageKind.Refine => Refine(history, options, parsed.Words, rounds),
            _ => Converse(history, options, parsed.Words),
        };
    }

    private static TurnPlan Refine(SessionHistory history, SessionOptions options, string words, int rounds)
    {
        // LLMRA refines "based on the content of the dialogue": a bare command follows what was said before it.
        var followed = words.Length > 0 ? words : history.WordsSinceLastRun();
        return followed.Length == 0 ? Refuse(Dialogue.NothingToRefine) : Command(history, options, RunKind.Refine, followed, Dialogue.Refined(followed), rounds);
    }

    /// <summary>Plans to make a version again.</summary>
    /// <exception cref="InvalidRequestException">There is no such version, it is the picture as it was opened, or the settings are out of range.</exception>
    public static TurnPlan Replay(ReplayRequest request, SessionHistory history, SessionOptions options)
    {
        var version = history.Tree.RequireAny(request.VersionId ?? history.Current.Id);
        if (version.Kind is null)
            throw new InvalidRequestException("The version v0 is the picture as it was opened; only what a run made can be made again.");
        var settings = request.Settings ?? version.Settings;
        settings = settings with { Seed = request.Seed ?? settings.Seed };
        settings.Validate();
        return TooMany(history, options) is { } reason ? Refuse(reason) : Again(history, options, version, settings);
    }

    private static TurnPlan Command(SessionHistory history, SessionOptions options, RunKind kind, string words, string answer, int rounds) =>
        CannotRun(history, options, rounds) is { } reason ? Refuse(reason) : new TurnPlan(TurnOutcome.RunStarted, answer, kind, words, Rounds: rounds);

    private static TurnPlan Again(SessionHistory history, SessionOptions options, SessionVersion version, RestorationSettings settings) =>
        CannotRun(history, options) is { } reason
            ? Refuse(reason)
            : new TurnPlan(TurnOutcome.RunStarted, Dialogue.Replayed(version.Id, settings.Seed), Replay: new VersionReplay(version, settings));

    private static string? CannotRun(SessionHistory history, SessionOptions options, int rounds = 1)
    {
        if (history.IsBusy)
            return Dialogue.StillWorking;
        return history.VersionCount + rounds <= options.MaxVersions
            ? null
            : $"The session has {history.VersionCount} versions; at most {options.MaxVersions} are allowed ({SessionOptions.SectionName}:{nameof(SessionOptions.MaxVersions)}). Open a new one with the current image.";
    }

    /// <summary>Tells why no further turn is taken, or null.</summary>
    public static string? TooMany(SessionHistory history, SessionOptions options) => history.TurnCount < options.MaxTurns
        ? null
        : $"The session took {history.TurnCount} turns within {options.TurnLifetime.TotalHours:0.##} hours; at most {options.MaxTurns} are allowed ({SessionOptions.SectionName}:{nameof(SessionOptions.MaxTurns)}). Open a new one with the current image, or wait.";

    private static TurnPlan Converse(SessionHistory history, SessionOptions options, string words)
    {
        if (Dialogue.AsksReplay(words, out var seed))
        {
            var version = history.Current;
            return version.Kind is null
                ? Refuse(Dialogue.NothingToReplay)
                : Again(history, options, version, version.Settings with { Seed = seed ?? version.Settings.Seed });
        }

        var topic = Dialogue.TopicOf(words);
        return topic == ConversationTopic.Describe
            ? new TurnPlan(TurnOutcome.Answered, string.Empty, Words: words, Describes: true)
            : new TurnPlan(TurnOutcome.Answered, Dialogue.Answer(topic, words), Words: words);
    }

    private static TurnPlan Refuse(string answer) => new(TurnOutcome.Refused, answer);
}
