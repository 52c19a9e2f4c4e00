namespace Darkroom.Cli.Chat;

/// <summary>What a line of a dialogue is for.</summary>
internal enum ChatLineKind
{
    /// <summary>Nothing was typed.</summary>
    Empty,

    /// <summary>For the assistant.</summary>
    Message,

    /// <summary>Back to the version before.</summary>
    Undo,

    /// <summary>List the versions.</summary>
    Versions,

    /// <summary>Go to a version.</summary>
    Checkout,

    /// <summary>What two versions were made with.</summary>
    Compare,

    /// <summary>Make a version once more.</summary>
    Replay,

    /// <summary>Restore in rounds; the session reads the line itself.</summary>
    Rounds,

    /// <summary>Write the current version to a file.</summary>
    Save,

    /// <summary>Show the commands.</summary>
    Help,

    /// <summary>End the dialogue.</summary>
    Quit,

    /// <summary>A command that there is not, or one that lacks its argument.</summary>
    Unknown,
}

/// <summary>A line as it was understood: what begins with a slash is for the program, all else for the assistant.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Text">The message, or the command's argument.</param>
internal sealed record ChatLine(ChatLineKind Kind, string Text)
{
    /// <summary>The commands, for the help.</summary>
    public const string Commands = "/undo, /versions, /branch VERSION, /compare VERSION VERSION, /replay [VERSION] [--seed N], /rounds N [MESSAGE], /save PATH, /help, /quit";

    /// <summary>Reads a line.</summary>
    public static ChatLine Parse(string line)
    {
        var text = line.Trim();
        if (text.Length == 0)
            return new ChatLine(ChatLineKind.Empty, text);
        if (text[0] != '/')
            return new ChatLine(ChatLineKind.Message, text);
        var (command, argument) = text.Split(' ', 2, StringSplitOptions.TrimEntries) is [var first, var rest] ? (first, rest) : (text, string.Empty);
        var kind = (command, HasArgument: argument.Length > 0) switch
        {
            ("/undo", false) => ChatLineKind.Undo,
            ("/versions", false) => ChatLineKind.Versions,
            ("/checkout" or "/branch", true) => ChatLineKind.Checkout,
            ("/compare", true) => ChatLineKind.Compare,
            ("/replay", _) => ChatLineKind.Replay,
            ("/rounds", _) => ChatLineKind.Rounds,
            ("/save", true) => ChatLineKind.Save,
            ("/help", false) => ChatLineKind.Help,
            ("/quit" or "/exit", false) => ChatLineKind.Quit,
            _ => ChatLineKind.Unknown,
        };
        return new ChatLine(kind, kind is ChatLineKind.Unknown or ChatLineKind.Rounds ? text : argument);
    }
}
