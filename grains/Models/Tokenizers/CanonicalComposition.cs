using System.Globalization;
using System.Text;

namespace Darkroom.Models.Tokenizers;

/// <summary>Unicode's normalization form C: letters and marks that belong together become one character.</summary>
/// <remarks>
/// Unicode Standard Annex 15. <c>string.Normalize</c> changes nothing under InvariantGlobalization, which the product builds with,
/// so the table of compositions travels with it (Data/canonical.txt).
/// </remarks>
internal static class CanonicalComposition
{
    private const int HangulFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161, TrailFirst = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;

    // From here on characters may compose or decompose.
    private const char FirstConcerned = '\u0300';

    private static readonly Dictionary<int, int> Classes = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, (int First, int Second)> Decompositions = [];

    static CanonicalComposition()
    {
        using var stream = typeof(CanonicalComposition).Assembly.GetManifestResourceStream("Darkroom.Models.Tokenizers.canonical.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                ReadLine(line.Split(' '));
        }
    }

    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstConcerned, '\uFFFF'))
            return text;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, points);
        Order(points);
        Join(points);
        var result = new StringBuilder(points.Count);
        foreach (var point in points)
            result.Append(new Rune(point).ToString());
        return result.ToString();
    }

    private static void Decompose(int point, List<int> result)
    {
        if (point is >= HangulFirst and < HangulFirst + (LeadCount * VowelCount * TrailCount))
        {
            var index = point - HangulFirst;
            result.Add(LeadFirst + (index / (VowelCount * TrailCount)));
            result.Add(VowelFirst + (index / TrailCount % VowelCount));
            if (index % TrailCount != 0)
                result.Add(TrailFirst + (index % TrailCount));
        }
        else if (Decompositions.TryGetValue(point, out var parts))
        {
            Decompose(parts.First, result);
            if (parts.Second != 0)
                Decompose(parts.Second, result);
        }
        else
        {
            result.Add(point);
        }
    }

    // Marks on one letter go by their class; the order within a class stays.
    private static void Order(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && Class(points[end]) != 0)
                end++;
            if (end - start > 1)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(Class).ToList();
                for (var i = 0; i < sorted.Count; i++)
                    points[start + i] = sorted[i];
            }

            start = end;
        }
    }

    private static void Join(List<int> points)
    {
        var (starter, kept, lastClass) = (-1, 0, 0);
        foreach (var point in points.ToArray())
        {
            var own = Class(point);
            // A mark reaches its letter unless another of its class, or a letter, stands between.
            var reaches = starter >= 0 && (kept == starter + 1 || (lastClass != 0 && lastClass < own));
            if (reaches && Pair(points[starter], point) is { } composed)
            {
                points[starter] = composed;
                continue;
            }

            if (own == 0)
                starter = kept;
            lastClass = own;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadFirst and < LeadFirst + LeadCount && second is >= VowelFirst and < VowelFirst + VowelCount)
            return HangulFirst + ((((first - LeadFirst) * VowelCount) + second - VowelFirst) * TrailCount);
        if (first is >= HangulFirst and < HangulFirst + (LeadCount * VowelCount * TrailCount) && (first - HangulFirst) % TrailCount == 0
            && second is > TrailFirst and < TrailFirst + TrailCount)
        {
            return first + second - TrailFirst;
        }

        return Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int Class(int point) => point >= FirstConcerned && Classes.TryGetValue(point, out var value) ? value : 0;

    private static void ReadLine(string[] words)
    {
        var hasKey = words[0] is "class" or "pair";
        foreach (var word in words[(hasKey ? 2 : 1)..])
        {
            var parts = word.Split('-', '=', '+');
            var points = Array.ConvertAll(parts, part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            switch (words[0])
            {
                case "class":
                    for (var point = points[0]; point <= points[^1]; point++)
                        Classes[point] = int.Parse(words[1], CultureInfo.InvariantCulture);
                    break;
                case "pair":
                    var second = int.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    Compositions[(points[0], second)] = points[1];
                    Decompositions[points[1]] = (points[0], second);
                    break;
                case "only":
                    Decompositions[points[0]] = (points[1], points[2]);
                    break;
                default:
                    Decompositions[points[0]] = (points[1], 0);
                    break;
            }
        }
    }
}
