using System.Text.RegularExpressions;

namespace Darkroom.Grains.Sessions;

/// <summary>What a user thinks of a picture, as far as the words tell.</summary>
/// <param name="Quality">Such as <c>dark</c> or <c>too bright</c>; empty if the words tell nothing.</param>
/// <param name="Wish">Such as <c>brighter</c>; empty if the words tell nothing.</param>
internal sealed partial record Opinion(string Quality, string Wish)
{
    /// <summary>Gets whether the words told nothing that is known here.</summary>
    public bool IsUnknown => Quality.Length == 0 && Wish.Length == 0;

    /// <summary>Reads an opinion: the last one said counts ("it was dark, now it is too bright").</summary>
    public static Opinion Read(string words)
    {
        var complaint = Complaint().Matches(words).LastOrDefault(match => !match.Groups["no"].Success);
        if (complaint is not null)
        {
            var adjective = complaint.Groups["adjective"].Value.ToLowerInvariant();
            return new Opinion(complaint.Groups["too"].Success ? $"too {adjective}" : adjective, string.Empty);
        }

        var wish = Wanted().Matches(words).LastOrDefault();
        return new Opinion(string.Empty, wish is null ? string.Empty : wish.Value.ToLowerInvariant());
    }

    [GeneratedRegex(
        @"(?<no>\b(not|isn't|no longer|never)\s+)?\b(?<too>too\s+)?(very\s+|so\s+|still\s+)*(?<adjective>dark|dim|underexposed|bright|overexposed|noisy|grainy|rainy|blurry|soft)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Complaint();

    [GeneratedRegex(
        @"\b(brighter|lighter|darker|smoother|sharper|cleaner|less (noise|noisy|grain|rain|dark|bright)|more light|more detail)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wanted();
}
