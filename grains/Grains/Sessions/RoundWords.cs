using System.Globalization;
using System.Text.RegularExpressions;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>Reads how many rounds a message asks for: <c>/rounds 3 &lt;restore&gt;</c>, or a command with "in 3 rounds" or "until it stops changing".</summary>
internal static partial class RoundWords
{
    private static readonly string[] Numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    /// <summary>Takes the rounds out of a line.</summary>
    /// <param name="line">The message on one line.</param>
    /// <param name="command">What the commands look like: without one the words are no more than words.</param>
    /// <returns>The line without them, and their number, which is null if it is none that is allowed.</returns>
    public static (string Line, int? Rounds) Take(string line, Regex command)
    {
        if (Slash().Match(line) is { Success: true } slash)
        {
            var rest = line[slash.Length..].Trim();
            return (command.IsMatch(rest) ? rest : $"<restore> {rest}", Number(slash.Groups["count"].Value));
        }

        if (!command.IsMatch(line))
            return (line, 1);
        if (Counted().Match(line) is { Success: true } counted)
            return (line.Remove(counted.Index, counted.Length), Number(counted.Groups["count"].Value));
        return Unbounded().Match(line) is { Success: true } unbounded ? (line.Remove(unbounded.Index, unbounded.Length), SessionMessage.MaxRounds) : (line, 1);
    }

    private static int? Number(string text)
    {
        var word = Array.FindIndex(Numbers, number => number.Equals(text, StringComparison.OrdinalIgnoreCase));
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        number = word < 0 ? number : word + 1;
        return (isNumber || word >= 0) && number is >= 1 and <= SessionMessage.MaxRounds ? number : null;
    }

    [GeneratedRegex(@"^\s*/rounds\b\s*(?<count>[^\s<]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Slash();

    [GeneratedRegex(@"(\b(in|for|with|do|at most|up to)\s+)*\b(?<count>\d{1,9}|one|two|three|four|five|six|seven|eight|nine|ten)\s+rounds?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Counted();

    [GeneratedRegex(
        @"\b(again and again )?until (it|nothing|the (picture|image|photo|result|description|instruction))( no longer| does not| doesn't)? (stops? chang(e|ing)|changes?( any ?more)?)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unbounded();
}
