using System.Text.RegularExpressions;

namespace Darkroom.Models.DiffPlugin;

/// <summary>The predefined table: wishes that no single plugin meets, and the tasks that together do.</summary>
/// <remarks>
/// Liu et al. 2024, section 3.2: "breaks them down into sub-tasks with a predefined mapping table". The paper shows one entry (Figure 7:
/// the restoration of an old photo is restoration and colorization) and no table; the others are ours. Tasks that a checkpoint
/// lacks are left out, so a plugin named <c>colorize</c> joins in where there is one.
/// </remarks>
public static partial class CompoundWishes
{
    private static readonly (Regex Wish, string[] Tasks)[] Table =
    [
        (OldPhoto(), ["deblur", "face", "colorize"]),
        (BadWeather(), ["derain", "desnow", "dehaze"]),
        (Portrait(), ["lowlight", "face"]),
        (ScreenShot(), ["highlight", "demoire"]),
        (Night(), ["lowlight", "deblur"]),
    ];

    /// <summary>Finds the tasks of a compound wish.</summary>
    /// <param name="text">The user's words.</param>
    /// <returns>The tasks; none if the words are no compound wish.</returns>
    public static IReadOnlyList<string> Find(string text) => [.. Table.Where(entry => entry.Wish.IsMatch(text)).SelectMany(entry => entry.Tasks).Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"\b(old|vintage|antique|ancient|aged|historic(al)?|faded)\s+(family\s+)?(photo(graph)?s?|pictures?|images?|portraits?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OldPhoto();

    [GeneratedRegex(@"\b(bad|all( the)?|terrible|stormy) weather\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BadWeather();

    [GeneratedRegex(@"\b(dark|under-?exposed|dim(ly lit)?) (portrait|selfie)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Portrait();

    [GeneratedRegex(@"\b(photo|picture|image)( taken)? of (a|the|my) (screen|monitor|display)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ScreenShot();

    [GeneratedRegex(@"\b(night|hand-?held)( time)? (photo(graph)?|picture|image|shot|snapshot)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Night();
}
