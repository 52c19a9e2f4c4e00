using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Darkroom.Models.Tokenizers;

/// <summary>Cleans text as CLIP's tokenizer does before it looks for words.</summary>
/// <remarks>
/// What <c>ftfy.fix_text</c> changes by default, apart from its guesses at wrongly decoded text ("schÃ¶n") and half-width
/// Japanese letters, which are left as they are; then HTML entities, twice, white space and lower case.
/// </remarks>
internal static partial class ClipText
{
    private static readonly Dictionary<char, string> Ligatures = new()
    {
        ['Ĳ'] = "IJ", ['ĳ'] = "ij", ['ŉ'] = "ʼn", ['Ǳ'] = "DZ", ['ǲ'] = "Dz", ['ǳ'] = "dz", ['Ǆ'] = "DŽ", ['ǅ'] = "Dž", ['ǆ'] = "dž",
        ['Ǉ'] = "LJ", ['ǈ'] = "Lj", ['ǉ'] = "lj", ['Ǌ'] = "NJ", ['ǋ'] = "Nj", ['ǌ'] = "nj",
        ['\uFB00'] = "ff", ['\uFB01'] = "fi", ['\uFB02'] = "fl", ['\uFB03'] = "ffi", ['\uFB04'] = "ffl", ['\uFB05'] = "ſt", ['\uFB06'] = "st",
    };

    public static string Clean(string text)
    {
        // ftfy takes text with a "<" for HTML, in which entities have a meaning; CLIP then decodes them all the same.
        var cleaned = text.Contains('<', StringComparison.Ordinal) ? text : WebUtility.HtmlDecode(text);
        cleaned = TerminalEscapes().Replace(cleaned, "");
        cleaned = CanonicalComposition.Compose(FixCharacters(cleaned));
        cleaned = WebUtility.HtmlDecode(WebUtility.HtmlDecode(cleaned));
        return Lower(JoinSpaces(cleaned));
    }

    private static string FixCharacters(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (IsRemovedControl(letter))
                continue;
            if (Ligatures.TryGetValue(letter, out var letters))
                result.Append(letters == "ʼn" ? "'n" : letters);                 // the apostrophe is straightened after
            else
                result.Append(Straighten(letter));
        }

        return result.ToString();
    }

    private static char Straighten(char letter) => letter switch
    {
        '\u02BC' or (>= '\u2018' and <= '\u201B') => '\'',
        >= '\u201C' and <= '\u201F' => '"',
        >= '\uFF01' and <= '\uFF5E' => (char)(letter - 0xFEE0),                  // full-width signs and letters
        '\u3000' => ' ',
        _ => letter,
    };

    private static bool IsRemovedControl(char letter) => letter is
        <= '\u0008' or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F'
        or (>= '\u206A' and <= '\u206F') or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFC');

    private static string JoinSpaces(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (!char.IsWhiteSpace(letter))
                result.Append(letter);
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString().TrimEnd(' ');
    }

    // Python's lower case, which differs from .NET's in two letters: dotted capital I, and sigma at the end of a word.
    private static string Lower(string text)
    {
        var lower = text.ToLowerInvariant();
        if (!text.AsSpan().ContainsAny('\u0130', '\u03A3'))
            return lower;
        var result = new StringBuilder(lower.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u0130')
                result.Append("i\u0307");
            else if (text[i] == '\u03A3' && HasLetter(text, i, -1) && !HasLetter(text, i, 1))
                result.Append('\u03C2');
            else
                result.Append(lower[i]);
        }

        return result.ToString();
    }

    // Whether the next letter in a direction, past marks, belongs to the word.
    private static bool HasLetter(string text, int index, int direction)
    {
        for (var i = index + direction; i >= 0 && i < text.Length; i += direction)
        {
            if (char.GetUnicodeCategory(text[i]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format || text[i] is '\'' or '.')
                continue;
            return char.IsUpper(text[i]) || char.IsLower(text[i]);
        }

        return false;
    }

    [GeneratedRegex(@"\x1B\[[\d;]*[a-zA-Z]")]
    private static partial Regex TerminalEscapes();
}
