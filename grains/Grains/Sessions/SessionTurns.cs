using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>What is to be done about a message.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Answer">What the assistant says.</param>
/// <param name="Kind">The command of the run to start, or null.</param>
/// <param name="Words">The words that go with the command.</param>
/// <param name="Describes">Whether the answer is to be made of the describer's sentences.</param>
internal sealed record TurnPlan(TurnOutcome Outcome, string Answer, RunKind? Kind = null, string Words = "", bool Describes = false);

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
        if (history.TurnCount >= options.MaxTurns)
            return Refuse($"The session has {history.TurnCount} turns; at most {options.MaxTurns} are allowed ({SessionOptions.SectionName}:{nameof(SessionOptions.MaxTurns)}). Open a new one with the current image.");
        return parsed.Kind switch
        {
            MessageKind.Empty => Refuse(Dialogue.Help),
            MessageKind.Ambiguous => Refuse(Dialogue.OneCommand),
            MessageKind.Restore => Command(history, RunKind.Restore, parsed.Words, Dialogue.Restored),
            MessageKind.Refine => Refine(history, parsed.Words),
            _ => Converse(parsed.Words),
        };
    }

    private static TurnPlan Refine(SessionHistory history, string words)
    {
        // LLMRA refines "based on the content of the dialogue": a bare command follows what was said before it.
        var followed = words.Length > 0 ? words : history.WordsSinceLastRun();
        return followed.Length == 0 ? Refuse(Dialogue.NothingToRefine) : Command(history, RunKind.Refine, followed, Dialogue.Refined(followed));
    }

    private static TurnPlan Command(SessionHistory history, RunKind kind, string words, string answer) =>
        history.Pending is null ? new TurnPlan(TurnOutcome.RunStarted, answer, kind, words) : Refuse(Dialogue.StillWorking);

    private static TurnPlan Converse(string words)
    {
        var topic = Dialogue.TopicOf(words);
        return topic == ConversationTopic.Describe
            ? new TurnPlan(TurnOutcome.Answered, string.Empty, Words: words, Describes: true)
            : new TurnPlan(TurnOutcome.Answered, Dialogue.Answer(topic, words), Words: words);
    }

    private static TurnPlan Refuse(string answer) => new(TurnOutcome.Refused, answer);
}
