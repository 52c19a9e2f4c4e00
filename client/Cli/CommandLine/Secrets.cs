namespace Darkroom.Cli.CommandLine;

/// <summary>Keeps keys out of what is written down.</summary>
internal static class Secrets
{
    /// <summary>The option whose value is nobody else's business.</summary>
    public const string KeyOption = "--key";

    private const string Hidden = "***";

    /// <summary>Puts stars in the place of a key among arguments.</summary>
    public static IEnumerable<string> Hide(IReadOnlyList<string> arguments) =>
        arguments.Select((argument, i) => i > 0 && arguments[i - 1] == KeyOption ? Hidden
            : argument.StartsWith($"{KeyOption}=", StringComparison.Ordinal) || argument.StartsWith($"{KeyOption}:", StringComparison.Ordinal) ? $"{KeyOption}={Hidden}"
            : argument);
}
