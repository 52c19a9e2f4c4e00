namespace Darkroom.Cli.Output;

/// <summary>Text of others on a terminal: names and words may hold whatever their senders put there.</summary>
internal static class PlainText
{
    /// <summary>Shows control characters, with which a text could move the cursor or change the terminal, as question marks.</summary>
    public static string Of(string text) => text.Any(IsHarmful) ? string.Concat(text.Select(c => IsHarmful(c) ? '?' : c)) : text;

    // Also those that turn the direction of writing around.
    private static bool IsHarmful(char c) => (char.IsControl(c) && c is not ('\t' or '\n')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
