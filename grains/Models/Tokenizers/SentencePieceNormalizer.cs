using System.Buffers;
using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>Brings text into the form that the pieces are in: characters replaced, spaces joined and made visible.</summary>
internal sealed class SentencePieceNormalizer
{
    /// <summary>Stands for a space.</summary>
    public const char VisibleSpace = '\u2581';

    private readonly SentencePieceRules rules;
    private readonly CharacterMap map;
    private readonly string space;
    private readonly byte[][] untouched;

    public SentencePieceNormalizer(SentencePieceModel model)
    {
        rules = model.Rules;
        map = new CharacterMap(rules.CharacterMap);
        space = rules.EscapeSpaces ? VisibleSpace.ToString() : " ";
        // Pieces that a user defined are taken as they are.
        untouched = [.. model.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined).Select(piece => Encoding.UTF8.GetBytes(piece.Text))
            .OrderByDescending(text => text.Length)];
    }

    public string Normalize(string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (rules.RemoveExtraSpaces && !rest.IsEmpty)
        {
            var count = Next(rest, out var part);
            if (!part.SequenceEqual(" "u8))
                break;
            rest = rest[count..];
        }

        if (rest.IsEmpty)
            return "";

        var bytes = new ArrayBufferWriter<byte>(rest.Length + 16);
        var afterSpace = rules.RemoveExtraSpaces;
        while (!rest.IsEmpty)
        {
            rest = rest[Next(rest, out var part)..];
            while (afterSpace && part is [(byte)' ', ..])
                part = part[1..];
            if (!part.IsEmpty)
            {
                bytes.Write(part);
                afterSpace = part[^1] == ' ';
            }

            afterSpace &= rules.RemoveExtraSpaces;
        }

        var result = Encoding.UTF8.GetString(bytes.WrittenSpan);
        if (rules.EscapeSpaces)
            result = result.Replace(' ', VisibleSpace);
        var prefix = rules.AddDummyPrefix && !rules.SpaceAsSuffix ? space : "";
        if (rules.RemoveExtraSpaces)
            result = (prefix + result).TrimEnd(space[0]);
        else
            result = prefix + result;
        return rules.AddDummyPrefix && rules.SpaceAsSuffix ? result + space : result;
    }

    // The next part of a text as it comes out, and how many bytes it was.
    private int Next(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> part)
    {
        foreach (var piece in untouched)
        {
            if (text.StartsWith(piece))
            {
                part = text[..piece.Length];
                return piece.Length;
            }
        }

        var matched = map.Match(text, out part);
        if (matched > 0)
            return matched;
        Rune.DecodeFromUtf8(text, out _, out var count);
        part = text[..count];
        return count;
    }
}
