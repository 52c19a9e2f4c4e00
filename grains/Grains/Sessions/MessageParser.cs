using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Darkroom.Grains.Sessions;

/// <summary>What a message asks for.</summary>
internal enum MessageKind
{
    /// <summary>Plain text.</summary>
    Conversation,

    /// <summary><c>&lt;restore&gt;</c>, with or without words.</summary>
    Restore,

    /// <summary><c>&lt;refine&gt;</c>, with or without words.</summary>
    Refine,

    /// <summary>Nothing is left after what cannot be read is taken away.</summary>
    Empty,

    /// <summary>More characters than allowed.</summary>
    TooLong,

    /// <summary>Both commands at once.</summary>
    Ambiguous,

    /// <summary>Rounds without a number, or with one that is not allowed.</summary>
    BadRounds,
}

/// <summary>A message as it was understood.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Words">Its words without the commands, on one line.</param>
/// <param name="Rounds">How many rounds it asks for; 1 if it says nothing of them.</param>
internal sealed record ParsedMessage(MessageKind Kind, string Words, int Rounds = 1);

/// <summary>Reads a user's message as LLMRA's Figure 1 has it: commands in angle brackets, all else is conversation.</summary>
internal static partial class MessageParser
{
    /// <summary>Reads a message. Any text gives an answer; none throws.</summary>
    /// <param name="text">What the user typed.</param>
    /// <param name="maxLength">The largest allowed length (UTF-16 characters).</param>
    public static ParsedMessage Parse(string? text, int maxLength)
    {
        if (text is { } && text.Length > maxLength)
            return new ParsedMessage(MessageKind.TooLong, string.Empty);
        var (line, rounds) = RoundWords.Take(Clean(text ?? string.Empty), Command());
        if (rounds is null)
            return new ParsedMessage(MessageKind.BadRounds, string.Empty);
        var commands = Command().Matches(line).Select(match => match.Groups[1].Value.ToUpperInvariant()).Distinct().ToList();
        var words = Spaces().Replace(Command().Replace(line, " "), " ").Trim();
        return commands switch
        {
            [] when words.Length == 0 => new ParsedMessage(MessageKind.Empty, words),
            [] => new ParsedMessage(MessageKind.Conversation, words),
            ["RESTORE"] => new ParsedMessage(MessageKind.Restore, words, rounds.Value),
            ["REFINE"] => new ParsedMessage(MessageKind.Refine, words, rounds.Value),
            _ => new ParsedMessage(MessageKind.Ambiguous, words),
        };
    }

    /// <summary>Takes away what has no place in a sentence: control and format characters, halves of surrogate pairs.</summary>
    /// <remarks>Format characters include those that reverse the reading direction or hide a command from the reader's eye.</remarks>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                continue;
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                clean.Append(' ');
            else if (category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    [GeneratedRegex("< *(restore|refine) */? *>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
