using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Darkroom.Cli.CommandLine;

/// <summary>Options that are numbers: read without regard to the machine's language, refused with their range.</summary>
internal static class Numbers
{
    /// <summary>Makes an option for a real number.</summary>
    public static Option<double?> Real(string name, double lowest, double highest, string description) => new(name)
    {
        Description = description,
        HelpName = string.Create(CultureInfo.InvariantCulture, $"{lowest}..{highest}"),
        CustomParser = result => Read<double>(result, name, lowest, highest),
    };

    /// <summary>Makes an option for an integer.</summary>
    public static Option<int?> Whole(string name, int lowest, int highest, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Read<int>(result, name, lowest, highest),
    };

    /// <summary>Makes an option for a seed.</summary>
    public static Option<ulong?> Seed(string description) => new("--seed")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Read<ulong>(result, "--seed", ulong.MinValue, ulong.MaxValue),
    };

    private static T? Read<T>(ArgumentResult result, string name, T lowest, T highest)
        where T : struct, INumber<T>
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        // NumberStyles.Float has no group separators: '0,5' is refused and not read as 5.
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest)
            return value;
        var kind = typeof(T) == typeof(double) ? "numbers" : "integers";
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; allowed are {kind} from {lowest} to {highest}."));
        return null;
    }
}
