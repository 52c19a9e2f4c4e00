using System.Globalization;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Cli.Chat;

/// <summary>What to make once more: the argument of <c>/replay</c>.</summary>
/// <param name="VersionId">The version, or null for the current one.</param>
/// <param name="Seed">Another seed, or null for the same.</param>
internal sealed record ReplayArguments(string? VersionId, ulong? Seed)
{
    /// <summary>Reads the argument.</summary>
    /// <exception cref="InputException">It is not <c>[VERSION] [--seed N]</c>.</exception>
    public static ReplayArguments Parse(string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var option = Array.IndexOf(words, "--seed");
        var versions = option < 0 ? words : [.. words[..option], .. words.Skip(option + 2)];
        if (versions.Length > 1 || option == words.Length - 1 && option >= 0)
            throw new InputException("It is /replay [VERSION] [--seed N], for example /replay v1 --seed 7.");
        ulong? seed = null;
        if (option >= 0)
        {
            seed = ulong.TryParse(words[option + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new InputException($"The seed '{words[option + 1]}' is not a whole number from 0 to {ulong.MaxValue}.");
        }

        return new ReplayArguments(versions.FirstOrDefault(), seed);
    }
}
