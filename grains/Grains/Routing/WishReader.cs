using System.Text.RegularExpressions;
using Darkroom.Models.DiffPlugin;

namespace Darkroom.Grains.Routing;

/// <summary>What an instruction asks for, by the names of Diff-Plugin's tasks.</summary>
/// <param name="Tasks">The tasks; none where the words name no kind of damage.</param>
/// <param name="IsCompound">Whether the words name none of them and only the table of compound wishes tells them ("restore this old photo").</param>
internal sealed record Wishes(IReadOnlyList<string> Tasks, bool IsCompound)
{
    /// <summary>A wish that changes what the picture shows.</summary>
    public const string Edit = "edit";

    /// <summary>More light.</summary>
    public const string Light = "lowlight";

    /// <summary>Less noise.</summary>
    public const string Noise = "denoise";

    /// <summary>Less rain.</summary>
    public const string Rain = "derain";
}

/// <summary>Reads wishes from a user's words. Words that are not understood are no wish: the default takes them as they are.</summary>
internal static partial class WishReader
{
    private static readonly (string Task, Regex Words)[] Table =
    [
        (Wishes.Light, LightWords()),
        (Wishes.Rain, RainWords()),
        (Wishes.Noise, NoiseWords()),
        ("desnow", SnowWords()),
        ("dehaze", HazeWords()),
        ("deblur", BlurWords()),
        ("highlight", HighlightWords()),
        ("face", FaceWords()),
        ("demoire", MoireWords()),
        ("colorize", ColourWords()),
    ];

    /// <summary>Reads wishes.</summary>
    /// <param name="words">The user's words.</param>
    /// <param name="plugins">Names of plugins that are there: said by name they are wishes too.</param>
    public static Wishes Read(string words, IReadOnlyCollection<string> plugins)
    {
        var named = Separators().Split(words).Where(word => word.Length > 0 && plugins.Contains(word, StringComparer.OrdinalIgnoreCase)).Select(word => word.ToLowerInvariant());
        var tasks = named.Concat(Table.Where(entry => entry.Words.IsMatch(words)).Select(entry => entry.Task)).Distinct(StringComparer.Ordinal).ToList();
        if (EditWords().IsMatch(words) || (tasks.Count == 0 && RemovalWords().IsMatch(words)))
            return new Wishes([Wishes.Edit], IsCompound: false);
        if (tasks.Count > 0)
            return new Wishes(tasks, IsCompound: false);
        var compound = CompoundWishes.Find(words);
        return new Wishes(compound, compound.Count > 0);
    }

    /// <summary>Tells whether a describer's sentences call a picture dark.</summary>
    public static bool IsDark(string description) => DarkWords().Matches(description).Any(match => !match.Groups["no"].Success);

    [GeneratedRegex(@"[\s,;+.]+")]
    private static partial Regex Separators();

    [GeneratedRegex(@"(?<no>\b(not|no|without|isn't|aren't|never)\s+(too\s+|very\s+|so\s+|any\s+)?)?\b(dark(er|ness)?|dim(ly)?|under-?exposed|low[- ]light|poorly lit|pitch[- ]black)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DarkWords();

    [GeneratedRegex(@"\b(dark(er|ness)?|dim(mer|ly)?|light(er|ing)?|bright(er|en|ness)?|low-?light|(under|over)-?exposed|exposure)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LightWords();

    [GeneratedRegex(@"\b(de-?)?rain(y|ing|drops?|fall)?\b|\bstreaks?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RainWords();

    [GeneratedRegex(@"\b(de-?)?nois(e|es|y|ing)\b|\bgrain(y|s)?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoiseWords();

    [GeneratedRegex(@"\b(de-?snow|snow(y|flakes?|fall|ing)?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SnowWords();

    [GeneratedRegex(@"\b((de-?)?haz(e|y|ing)|(de-?)?fog(gy|ging)?|mist(y)?|smog)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HazeWords();

    [GeneratedRegex(@"\b((de-?)?blur(ry|red|ring|s)?|out of focus|motion blur|camera shake)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BlurWords();

    [GeneratedRegex(@"\b(highlights?|specular|glare|reflections?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HighlightWords();

    [GeneratedRegex(@"\b(restor|repair|recover|fix|enhanc|improv)\w*\b[^.;]*\bfaces?\b|\bfaces? restor|^\W*face\W*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FaceWords();

    [GeneratedRegex(@"\b(de-?)?moir[eé](\b|$)|\b(screen|wavy|coloured|colored) (pattern|stripes?|lines?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MoireWords();

    [GeneratedRegex(@"\bcolou?ri[sz](e|ation|ing)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ColourWords();

    // Words that change what is shown, not how well: "make it a winter day", and not "make it a bit brighter".
    [GeneratedRegex(
        @"\b(replace|swap|turn|transform|convert|change|make)\b[^.;]*\b(into|with|look like)\b|" +
        @"\bmake (it|him|her|them|this|that|(the|his|her|their) \w+)( look)? (an?|like)\b(?! (bit|little|lot|touch|tad|shade|fraction))|" +
        @"\bgive (it|him|her|them|(the|his|her|their) \w+) (an?|some)\b(?! (bit|little|lot|touch|more))(?![^.;]*\b(light|brightness|contrast|exposure)\b)|" +
        @"\b(add|insert|paste|draw|paint)\b(?![^.;]*\b(light|brightness|contrast|exposure|details?|sharpness)\b)|" +
        @"\bin the style of\b|\bas an? (painting|drawing|cartoon|sketch)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EditWords();

    [GeneratedRegex(@"\b(remove|erase|delete|get rid of)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RemovalWords();
}
