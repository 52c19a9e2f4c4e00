using System.Globalization;
using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>Splits cleaned text into the words that CLIP encodes one by one.</summary>
/// <remarks>
/// By hand, since .NET's regular expressions see UTF-16 units and would not know letters beyond U+FFFF. The order of the choices
/// is the reference's: special tokens, English endings, letters, one digit, other signs.
/// </remarks>
internal static class ClipWords
{
    private static readonly string[] Endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Sign,
    }

    public static IEnumerable<string> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = FixedLength(text, start);
            if (length == 0)
            {
                var kind = KindAt(text, start, out length);
                while (kind != Kind.Number && start + length < text.Length && KindAt(text, start + length, out var next) == kind)
                    length += next;
                if (kind == Kind.Space)
                {
                    start += length;
                    continue;
                }
            }

            yield return text.Substring(start, length);
            start += length;
        }
    }

    private static int FixedLength(string text, int start)
    {
        if (text[start] == '<')
        {
            foreach (var token in new[] { ClipVocabulary.StartToken, ClipVocabulary.EndToken })
            {
                if (string.CompareOrdinal(text, start, token, 0, token.Length) == 0)
                    return token.Length;
            }
        }
        else if (text[start] == '\'')
        {
            foreach (var ending in Endings)
            {
                if (string.CompareOrdinal(text, start, ending, 0, ending.Length) == 0)
                    return ending.Length;
            }
        }

        return 0;
    }

    private static Kind KindAt(string text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out length);
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Sign,
        };
    }
}
